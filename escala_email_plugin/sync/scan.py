"""The UIDs of a folder that nobody has looked at yet, in batches, the newest mail first.

The folder's cursor is the stretch ``[scanned_from, scanned_to)``. New mail lets it grow
upwards, the history downwards until 1. UIDs may have gaps of billions, so
the windows widen while little is found in them.
"""

from collections.abc import Iterator

from ..models import Folder
from ..servers.imap import FolderState
from .batch import Batch, Cursor
from .mailbox import Mailbox

#: Headers read in one go.
BATCH = 500

#: A reply to SEARCH is one line, and imaplib refuses lines of a million bytes.
WIDEST = 50_000


def begin(folder: Folder, state: FolderState, uidnext: int) -> bool:
    """Fit the cursor (in memory) to the server's numbering; returns whether it had to start over.

    It does for a folder never looked at, another UIDVALIDITY, and a UIDNEXT that fell
    (RFC 9051 2.3.1.1: then the numbers mean other messages).
    """
    same = folder.uidvalidity == state.uidvalidity and 0 < folder.scanned_to <= uidnext
    if not same:
        folder.uidvalidity = state.uidvalidity
        folder.scanned_from = folder.scanned_to = uidnext
    return not same


def left(folder: Folder, state: FolderState) -> int:
    """About how many messages of the folder were not looked at yet."""
    if state.uidnext is None or folder.uidvalidity != state.uidvalidity or folder.scanned_to > state.uidnext:
        return state.exists
    return min(state.exists, state.uidnext - folder.scanned_to + max(0, folder.scanned_from - 1))


def is_complete(folder: Folder, state: FolderState) -> bool:
    """Whether the folder holds nothing that was not looked at."""
    return (
        folder.uidvalidity == state.uidvalidity
        and folder.scanned_to == state.uidnext
        and folder.scanned_from == 1
    )


def new_mail(mailbox: Mailbox, folder: Folder, uidnext: int) -> Iterator[Batch]:
    """What came since the last sync, upwards, so that the stretch has no hole at any stop."""
    low, width = folder.scanned_to, BATCH
    while low < uidnext:
        high = min(low + width, uidnext)
        uids = mailbox.session.uids(low, high - 1)
        for start in range(0, len(uids) or 1, BATCH):
            part = uids[start : start + BATCH]
            end = high if start + BATCH >= len(uids) else part[-1] + 1
            yield Batch(part, Cursor(folder.scanned_from, end), downwards=False)
        low, width = high, _next_width(width, len(uids))


def history(mailbox: Mailbox, folder: Folder) -> Iterator[Batch]:
    """What was there before, downwards."""
    high, width = folder.scanned_from, BATCH
    while high > 1:
        low = max(1, high - width)
        uids = mailbox.session.uids(low, high - 1)[::-1]
        for start in range(0, len(uids) or 1, BATCH):
            part = uids[start : start + BATCH]
            end = low if start + BATCH >= len(uids) else part[-1]
            yield Batch(part, Cursor(end, folder.scanned_to), downwards=True)
        high, width = low, _next_width(width, len(uids))


def _next_width(width: int, found: int) -> int:
    if found < BATCH // 2:
        return min(width * 4, WIDEST)
    return max(BATCH, width // 4) if found > BATCH else width
