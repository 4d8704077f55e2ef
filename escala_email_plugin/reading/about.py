"""What a list says of conversations beside their newest message: their number, files, what is unread."""

from collections.abc import Collection
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef

from ..models import Attachment, Location, Message
from ..readers import Reader
from ..visibility import Level
from .listed_files import NO_FILE
from .unread import is_unread


class About(NamedTuple):
    """``count``: the messages that are shown; ``has_files``: of those that are read in full; ``unread``: how
    many of those that are shown were not read, by the rule of ``unread.is_unread``.
    """

    count: int = 1
    has_files: bool = False
    unread: int = 0


def about(threads: Collection[int], of: tuple) -> dict[int, About]:
    """Of conversations on the page of the record ``of`` (content type, id, ``Reader``), in one query."""
    if not threads:
        return {}
    reader: Reader = of[2]
    files = Attachment.objects.filter(message=OuterRef("pk")).exclude(NO_FILE)
    in_full = Location.objects.seen_by(reader).filter(message=OuterRef("pk"))
    counts = (
        Message.objects.filter(thread__in=threads)
        .looked_at_for(*of, Level.PEOPLE)
        .visible_to(reader, Level.PEOPLE)
        .order_by()
        .values_list("thread")
        .annotate(
            count=Count("pk"),
            files=Count("pk", filter=Exists(files) & Exists(in_full)),
            unread=Count("pk", filter=is_unread(reader)),
        )
    )
    return {thread: About(count, bool(with_files), new) for thread, count, with_files, new in counts}
