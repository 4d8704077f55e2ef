"""Gmail's folders are labels: where a message of All Mail lies, and whether its owner wants it."""

from collections.abc import Set

from ..models import EmailAccount, Folder
from ..servers.imap import Detail

#: X-GM-LABELS of what is being written, in lower case.
DRAFTS = {"\\draft", "\\drafts"}
#: Those that say nothing of where a message lies.
MARKS = {"\\important", "\\starred"}


def label_of(folder: Folder) -> str:
    """What X-GM-LABELS calls a folder: the inbox has a name of its own there."""
    return "\\Inbox" if folder.role == Folder.Role.INBOX else folder.name


def left_out(account: EmailAccount) -> set[str]:
    """The labels of the folders that the owner chose to leave out, in lower case."""
    folders = account.folders.filter(synced=False, synced_chosen=True)
    return {label_of(folder).lower() for folder in folders}


def is_left_out(detail: Detail, unwanted: Set[str]) -> bool:
    """By its labels: a draft, or what lies only under labels among ``unwanted``, which ``left_out`` tells."""
    labels = {label.lower() for label in detail.labels} - MARKS
    return bool(labels & DRAFTS or (labels and labels <= unwanted))
