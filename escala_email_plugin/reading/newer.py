"""Whether mail came while a record's conversations were being looked at."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from ..models import Message, Participant, RecordAddress
from ..ties import ties_of
from ..visibility import Level
from .position import Position

#: Mail with a date so much before that of the newest is still announced: clocks differ, and servers keep mail
#: back. What is older is no news, but what a mailbox brings in of its past.
LATE = timedelta(days=1)


@dataclass(frozen=True)
class Newer:
    """``count``: messages; ``after``: the id after which the next ones are new, 0 where none was seen."""

    count: int
    after: int


def newer(of: tuple, shown: Position, after: int | None) -> Newer:
    """What came on the page of the record ``of`` (content type, id, reader) of which the people are shown.

    ``shown``: of the newest conversation that is on the page; ``after``: what the last answer said, None for
    the first time, when only a later date tells that something is new. One query along the
    addresses' index, where the reader is a ``Reader``.
    Of what is hidden it tells nothing: neither that it came nor when.
    """
    # A message that says it is of the year 2100 must not hide those that come until then.
    since = min(shown.sent_at, timezone.now()) - LATE
    is_new = Q(sent_at__gt=shown.sent_at) if after is None else Q(pk__gt=after)
    found = _since(of, since).aggregate(count=Count("pk", filter=is_new), after=Max("pk"))
    return Newer(found["count"], max(found["after"] or 0, after or 0))


def _since(of: tuple, since: datetime) -> QuerySet:
    content_type, object_id, user = of
    tied, untied = ties_of(*of)
    addresses = RecordAddress.objects.filter(content_type=content_type, object_id=str(object_id))
    rows = Participant.objects.linking(addresses.values("address"), user, Level.PEOPLE)
    recent = rows.filter(sent_at__gte=since).order_by().values_list("message")
    if tied:
        # Put together before they are looked at: of "this or that" a database looks at every message.
        by_hand = Message.objects.filter(thread__in=tied, sent_at__gte=since)
        recent = recent.union(by_hand.order_by().values_list("pk"))
    found = Message.objects.filter(pk__in=recent).visible_to(user, Level.PEOPLE).order_by()
    return found.exclude(thread__in=untied) if untied else found
