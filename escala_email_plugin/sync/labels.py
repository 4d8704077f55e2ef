"""Gmail's folders are labels: where a message of All Mail lies, and whether its owner wants it."""

from collections.abc import Set

from ..models import EmailAccount, Folder
from ..servers.imap import Detail

#: X-GM-LABELS of what is being written, in lower case.
DRAFTS = {"\\draft", "\\drafts"}
#: Those that say nothing of where a message lies.
MARKS = {"\\important", "\\starred"}
#: What X-GM-LABELS calls the folders that have a name of their own there.
OWN_NAMES = {Folder.Role.INBOX: "\\Inbox", Folder.Role.SENT: "\\Sent"}


def label_of(folder: Folder) -> str:
    """What X-GM-LABELS calls a folder."""
    return OWN_NAMES.get(folder.role, folder.name)


def left_out(account: EmailAccount) -> set[str]:
    """The labels of the folders that the owner chose to leave out, in lower case."""
    folders = account.folders.filter(synced=False, synced_chosen=True)
    return {label_of(folder).lower() for folder in folders}


def is_left_out(role: str, detail: Detail, unwanted: Set[str]) -> bool:
    """Whether a message of a folder with this ``role`` is a draft, or lies only under labels among
    ``unwanted``, which ``left_out`` tells.

    Only All Mail shows all labels of a message: the label of any other open folder is not among them.
    """
    labels = {label.lower() for label in detail.labels} - MARKS
    everywhere = role == Folder.Role.ALL and labels and labels <= unwanted
    return bool(labels & DRAFTS or everywhere)
