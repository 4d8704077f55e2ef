"""Look at every message of an opened folder, the newest first, without a cursor and without a write."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..models import EmailAccount
from ..servers.imap import FolderGone, ProtocolTrouble
from . import windows
from .capture import sorting
from .folders import Seen
from .mailbox import Mailbox


@dataclass(frozen=True)
class Window:
    """The messages with a UID in ``[low, high)``, the newest first."""

    low: int
    high: int
    uids: list[int]


def size(mailbox: Mailbox, seen: Iterable[Seen]) -> int:
    """How many messages the folders hold together; one that went away holds none."""
    return sum(_size(mailbox, one) for one in seen)


def _size(mailbox: Mailbox, seen: Seen) -> int:
    try:
        return (seen.state or mailbox.session.status(seen.folder.name)).exists
    except FolderGone:
        return 0


def downwards(mailbox: Mailbox, low: int, high: int, exists: int) -> Iterator[Window]:
    """The windows that make up ``[low, high)``, in a folder of ``exists`` messages, from the top."""
    for uids, end in windows.down(mailbox.find, high, low, windows.widest(exists)):
        yield Window(end, high, uids)
        high = end


def headers(mailbox: Mailbox, uids: list[int], account: EmailAccount) -> tuple[dict[int, bytes], list[int]]:
    """UID → the raw address fields, and the UIDs about which the server answers only nonsense.

    One that is in neither vanished, or was captured: that is not the account's mail. Raises ProtocolTrouble
    when the mailbox' patience has ended.
    """
    try:
        found = mailbox.ask(lambda session, some: sorting.headers(account, session, some), uids)
        return dict(sorting.sort(account, found).ordinary), []
    except ProtocolTrouble as error:
        mailbox.again(error)
        if len(uids) == 1:
            return {}, uids
    middle = len(uids) // 2
    first, bad = headers(mailbox, uids[:middle], account)
    second, worse = headers(mailbox, uids[middle:], account)
    return first | second, bad + worse
