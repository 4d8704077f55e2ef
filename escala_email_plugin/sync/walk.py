"""Look at every message of an opened folder, the newest first, without a cursor and without a write."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..servers.imap import ProtocolTrouble
from .mailbox import Mailbox

#: Messages in a window.
BATCH = 500

#: UIDs a window may span: a reply to SEARCH is one line, and imaplib refuses lines of a million bytes.
WIDEST = 50_000

#: A folder of no more messages than that can be asked about as a whole (RFC 9051: UIDs have 32 bits).
ALL = 2**32


@dataclass(frozen=True)
class Window:
    """The messages with a UID in ``[low, high)``: at most BATCH, the newest first."""

    low: int
    high: int
    uids: list[int]


def downwards(mailbox: Mailbox, low: int, high: int, exists: int) -> Iterator[Window]:
    """The windows that make up ``[low, high)``, in a folder of ``exists`` messages, from the top."""
    widest, width = ALL if exists <= WIDEST else WIDEST, BATCH
    while high > low:
        start = max(low, high - width)
        uids = mailbox.session.uids(start, high - 1)[::-1]
        yield from _windows(start, high, uids)
        high = start
        if len(uids) < BATCH // 2:
            width = min(width * 4, widest)
        elif len(uids) > BATCH:
            width = max(BATCH, width // 4)


def _windows(low: int, high: int, uids: list[int]) -> Iterator[Window]:
    while len(uids) > BATCH:
        part, uids = uids[:BATCH], uids[BATCH:]
        yield Window(part[-1], high, part)
        high = part[-1]
    yield Window(low, high, uids)


def headers(mailbox: Mailbox, uids: list[int]) -> tuple[dict[int, bytes], list[int]]:
    """UID → the raw address fields, and the UIDs about which the server answers only nonsense.

    One that is in neither vanished. Raises ProtocolTrouble when the mailbox' patience has ended.
    """
    try:
        return mailbox.ask(lambda session, some: session.address_headers(some), uids), []
    except ProtocolTrouble as error:
        mailbox.again(error)
        if len(uids) == 1:
            return {}, uids
    middle = len(uids) // 2
    (first, bad), (second, worse) = headers(mailbox, uids[:middle]), headers(mailbox, uids[middle:])
    return first | second, bad + worse
