"""The UIDs of an open folder, a bounded number at a time.

UIDs may have gaps of billions, so the windows widen while little is found in them. ``find(low, high)`` is
what tells the UIDs of a window, both ends included, ascending: all of them, or those of a SEARCH.
"""

from collections.abc import Callable, Iterator

#: UIDs in one go: the newest ones soon, the others in fewer round trips.
BATCH, LARGE_BATCH = 500, 3_000

#: UIDs that one answer may hold: a reply to SEARCH is one line, and lines of a million bytes are refused.
WIDEST = 50_000

#: RFC 9051: UIDs have 32 bits.
ALL = 2**32

Find = Callable[[int, int], list[int]]


def widest(exists: int) -> int:
    """How wide a window may be in a folder of ``exists`` messages: as wide as you like where all fit."""
    return ALL if exists <= WIDEST else WIDEST


def up(find: Find, low: int, high: int, most: int = WIDEST) -> Iterator[tuple[list[int], int]]:
    """``(uids ascending, end)`` for ``[low, high)``: everything below ``end`` has been told then."""
    width = BATCH
    while low < high:
        top = min(low + width, high)
        uids = find(low, top - 1)
        for start in range(0, len(uids) or 1, BATCH):
            part = uids[start : start + BATCH]
            yield part, top if start + BATCH >= len(uids) else part[-1] + 1
        low, width = top, _next(width, len(uids), BATCH, most)


def down(find: Find, high: int, low: int = 1, most: int = WIDEST) -> Iterator[tuple[list[int], int]]:
    """``(uids descending, end)`` for ``[low, high)``: everything from ``end`` on has been told then."""
    width = size = BATCH
    while high > low:
        bottom = max(low, high - width)
        uids = find(bottom, high - 1)[::-1]
        for start in range(0, len(uids) or 1, size):
            part = uids[start : start + size]
            yield part, bottom if start + size >= len(uids) else part[-1]
        high = bottom
        width, size = max(LARGE_BATCH, _next(width, len(uids), size, most)), LARGE_BATCH


def _next(width: int, found: int, size: int, most: int) -> int:
    if found < size // 2:
        return min(width * 8, most)
    return max(size, width // 4) if found > size else width
