"""When somebody last had a record's conversations before them, and what came since."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from ..models import Message, Participant, RecordAddress, RecordThread, Visit
from ..visibility import Level
from .unread import is_unread

#: More than so many are not counted.
MOST = 99

#: Of a busy record only the newest rows are looked at, so many.
LOOKED_AT = 500

#: Mail dated so long before the last visit is no news, whenever it was brought in: a mailbox that is
#: connected, or an address that is new, brings years of it. And the young ones are few to look at.
OLDEST = timedelta(days=7)

#: A page takes a moment from being made to being seen. What comes meanwhile is news.
ON_ITS_WAY = timedelta(seconds=10)


def visited(record: Any, user: Any) -> None:
    """Note that ``user`` has the conversations of ``record`` before them."""
    Visit.objects.update_or_create(
        user=user,
        content_type=ContentType.objects.get_for_model(record),
        object_id=str(record.pk),
        defaults={"at": timezone.now() - ON_ITS_WAY},
    )


def unseen(record: Any, user: Any) -> int:
    """How many unread messages came in since, ``MOST`` at most, of those that ``user`` sees something of.

    0 of a record that ``user`` never looked at. In seven queries.
    """
    of = (ContentType.objects.get_for_model(record), record.pk, user)
    visit = Visit.objects.filter(user=user, content_type=of[0], object_id=str(record.pk)).first()
    if visit is None:
        return 0
    came = Message.objects.filter(pk__in=_young(of, visit.at - OLDEST), recorded_at__gt=visit.at)
    found = list(came.order_by().values_list("pk", flat=True))
    if not found:  # as most often
        return 0
    # Of few messages each is looked at: whether it is the record's, and shown.
    theirs = Message.objects.filter(pk__in=found).looked_at_for(*of, Level.PEOPLE)
    shown = theirs.visible_to(user, Level.PEOPLE).filter(is_unread(user))
    return shown.order_by()[:MOST].count()


def _young(of: tuple, since: datetime) -> set[int]:
    """The newest messages since then that may be the record's: by its addresses, or tied to it."""
    content_type, object_id, user = of
    record = {"content_type": content_type, "object_id": str(object_id)}
    addresses = RecordAddress.objects.filter(**record).values("address")
    people = Participant.objects.linking(addresses, user, Level.PEOPLE).filter(sent_at__gte=since)
    threads = RecordThread.objects.filter(**record, is_tied=True).values("thread")
    tied = Message.objects.filter(thread__in=threads, sent_at__gte=since)
    # When they were recorded is asked of these alone: their rows lie apart.
    return {
        *people.order_by("-sent_at", "-message").values_list("message", flat=True)[:LOOKED_AT],
        *tied.order_by("-sent_at", "-pk").values_list("pk", flat=True)[:LOOKED_AT],
    }
