"""What a list says of conversations beside their newest message: their number, files, what is unread."""

from collections.abc import Collection
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from ..models import Attachment, Location, Message, ThreadRead, Visit
from ..readers import Reader
from ..visibility import Level
from .inline_images import SHOWN_INSIDE
from .ours import from_us_as_known_to


class About(NamedTuple):
    """``count``: the messages that are shown; ``has_files``: of those that are read in full; ``unread``:
    something came, not from us, after the conversation was read, or else after the record was visited.
    """

    count: int = 1
    has_files: bool = False
    unread: bool = False


def about(threads: Collection[int], of: tuple) -> dict[int, About]:
    """Of conversations on the page of the record ``of`` (content type, id, ``Reader``), in one query."""
    if not threads:
        return {}
    reader: Reader = of[2]
    files = Attachment.objects.filter(message=OuterRef("pk")).exclude(SHOWN_INSIDE)
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
            unread=Count("pk", filter=Q(recorded_at__gt=_read_until(of)) & ~from_us_as_known_to(reader)),
        )
    )
    return {thread: About(count, bool(with_files), bool(new)) for thread, count, with_files, new in counts}


def _read_until(of: tuple) -> Coalesce:
    """When the reader last read the outer message's conversation, or visited the record; NULL: never."""
    content_type, object_id, reader = of
    read = ThreadRead.objects.filter(user=reader.pk, thread=OuterRef("thread")).values("at")
    visited = Visit.objects.filter(user=reader.pk, content_type=content_type, object_id=str(object_id))
    return Coalesce(Subquery(read), Subquery(visited.values("at")))
