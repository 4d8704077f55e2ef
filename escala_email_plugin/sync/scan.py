"""The UIDs of a folder that nobody has looked at yet, in batches, the newest mail first.

The folder's cursor is the stretch ``[scanned_from, scanned_to)``. New mail lets it grow
upwards, the history downwards until 1.
"""

from collections.abc import Iterator

from ..models import Folder
from ..servers.imap import FolderState
from . import windows
from .batch import Batch, Cursor


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
    """Whether nothing came, nothing went, and nothing is left to be looked at.

    UIDs only leave, or arrive through UIDNEXT: while both numbers stand, the folder holds what it held.
    """
    return (
        folder.uidvalidity == state.uidvalidity
        and folder.scanned_to == state.uidnext
        and folder.scanned_from == 1
        and folder.exists == state.exists
    )


def new_mail(find: windows.Find, folder: Folder, uidnext: int, exists: int) -> Iterator[Batch]:
    """What came since the last sync, upwards, so that the stretch has no hole at any stop."""
    for uids, end in windows.up(find, folder.scanned_to, uidnext, windows.widest(exists)):
        yield Batch(uids, Cursor(folder.scanned_from, end), downwards=False)


def history(find: windows.Find, folder: Folder, exists: int) -> Iterator[Batch]:
    """What was there before, downwards. ``exists``: how many messages the folder holds."""
    for uids, end in windows.down(find, folder.scanned_from, most=windows.widest(exists)):
        yield Batch(uids, Cursor(end, folder.scanned_to), downwards=True)
