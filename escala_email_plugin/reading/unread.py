"""What a reader has not read of a conversation: what others wrote and came since it was last shown.

Of one that was never opened only what was sent lately is unread: the years that a first synchronisation
brings in are no news. The list, the opened conversation and the number beside a form all ask here.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from ..models import ThreadRead
from ..readers import Reader
from .ours import from_us, from_us_as_known_to, our_addresses

#: What was sent before is no news in a conversation that was never opened.
NEWS = timedelta(days=14)

#: A moment before all that is recorded, and one behind it.
ALWAYS, NEVER = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


def is_unread(user: Any) -> Q:
    """Of messages: those that ``user`` has not read. It moves no right: the caller asks what is seen."""
    read = ThreadRead.objects.filter(user=user.pk, thread=OuterRef("thread")).values("at")
    lately = When(sent_at__gte=timezone.now() - NEWS, then=Value(ALWAYS))
    came = Q(recorded_at__gt=Coalesce(Subquery(read), Case(lately, default=Value(NEVER))))
    if isinstance(user, Reader):
        return came & Q(~from_us_as_known_to(user))
    return came & Q(~from_us(our_addresses()))


def unread(messages: QuerySet, user: Any, among: Collection[int] | None = None) -> set[int]:
    """The ids of those of ``messages`` (what ``user`` sees) that are unread; ``among``: of these ids."""
    some = messages if among is None else messages.filter(pk__in=among)
    return set(some.filter(is_unread(user)).order_by().values_list("pk", flat=True))


def has_read(user: Any, thread_id: int, until: datetime) -> None:
    """``user`` was shown all of the conversation that had been recorded at ``until``.

    The mark only ever moves on, and never past the present: what is still to come is not read.
    """
    until = min(until, timezone.now())
    with transaction.atomic():
        _mark, made = ThreadRead.objects.get_or_create(user=user, thread_id=thread_id, defaults={"at": until})
        if not made:
            ThreadRead.objects.filter(user=user, thread=thread_id, at__lt=until).update(at=until)
