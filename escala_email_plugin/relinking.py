"""The records' rows follow the list of who is no contact for anybody: at once where that is quickly done."""

from collections.abc import Collection

from . import worker
from .record_holders import bring_back
from .record_index import drop_no_contacts

#: Rows dropped, or records looked at, while somebody waits; and entries that the records are searched for.
AT_ONCE, FEW = 1_000, 50


def follow(returned: Collection[str] = (), **_more: object) -> None:
    """Drop the rows of who is on the list now, and give those of ``returned`` theirs back.

    What takes long is the worker's.
    """
    dropped = drop_no_contacts(AT_ONCE)
    brought_back = not returned or (len(returned) <= FEW and bring_back(returned, AT_ONCE))
    if dropped >= AT_ONCE or not brought_back:
        worker.reindex()
