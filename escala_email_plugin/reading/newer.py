"""Whether mail came while a record's conversations were being looked at."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from ..models import Message, Participant, RecordAddress, RecordThread
from ..visibility import Level
from .position import Position

#: Mail with a date so much before that of the newest is still announced: clocks differ, and servers keep mail
#: back. What is older is no news, but what a mailbox brings in of its past.
LATE = timedelta(days=1)

#: Before it nobody wrote one. What is made up may be of the first day of all, before which there is none.
FIRST = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Newer:
    """``count``: messages; ``after``: the id after which the next ones are new, 0 where none was seen."""

    count: int
    after: int


def newer(of: tuple, shown: Position, after: int | None) -> Newer:
    """What came on the page of the record ``of`` (content type, id, reader) of which the people are shown.

    ``shown``: of the newest conversation that is on the page; ``after``: what the last answer said, None for
    the first time, when only a later date tells that something is new. One query along the addresses' index.
    Of what is hidden it tells nothing: neither that it came nor when.
    """
    # A message that says it is of the year 2100 must not hide those that come until then.
    since = min(max(shown.sent_at, FIRST), timezone.now()) - LATE
    is_new = Q(sent_at__gt=shown.sent_at) if after is None else Q(pk__gt=after)
    found = _since(of, since).aggregate(count=Count("pk", filter=is_new), after=Max("pk"))
    return Newer(found["count"], max(found["after"] or 0, after or 0))


def _since(of: tuple, since: datetime) -> QuerySet:
    content_type, object_id, user = of
    record = {"content_type": content_type, "object_id": str(object_id)}
    addresses = RecordAddress.objects.filter(**record).values("address")
    people = Participant.objects.linking(addresses, user, Level.PEOPLE).filter(sent_at__gte=since)
    by_hand = RecordThread.objects.filter(**record)
    tied = Message.objects.filter(
        thread__in=by_hand.filter(is_tied=True).values("thread"), sent_at__gte=since
    )
    # Put together: asked for either, a database would look at all mail since then.
    recent = people.order_by().values("message").union(tied.values("pk"))
    found = Message.objects.filter(pk__in=recent).exclude(
        thread__in=by_hand.filter(is_tied=False).values("thread")
    )
    return found.visible_to(user, Level.PEOPLE).order_by()
