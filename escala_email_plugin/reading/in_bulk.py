"""What is asked of each of a hundred thousand participants, in words by which a database answers quickly.

The rule is ``visibility``'s, and so are the answers. What a mailbox shows of all its mail is told by an index
alone; where something else was decided for a conversation, or granted, it is asked as everywhere.
"""

from django.db import connections
from django.db.models import Exists, F, OuterRef, Q

from ..models import Grant, Location, Message, Participant, ThreadLevel
from ..readers import Reader
from ..visibility import Level


def seen(reader: Reader, at_least: Level, using: str) -> Q:
    """Whether the ``message`` of a row is shown to ``reader`` so much; not for NOTHING."""
    places = Location.objects.filter(message=OuterRef("message"))
    by_rule = Q(Exists(places.seen_by(reader, at_least)))
    if _keeps_no_sets(using):
        return by_rule
    # With "+ 0" it goes along the index of the message's places, and does not ask it for each mailbox.
    usual = places.alias(holder=F("account") + 0).filter(holder__in=reader.usually_showing(at_least))
    if not reader.has_exceptions:
        return Q(Exists(usual))
    others = _exceptions(reader)
    return (~others & Q(Exists(usual))) | (others & by_rule)


def not_automatic(using: str) -> Q:
    """Whether a person wrote the ``message`` of a row: its own row, which is long, is not read for that."""
    if _keeps_no_sets(using):
        return ~Q(Exists(Message.objects.filter(automatic=True, pk=OuterRef("message"))))
    return ~Q(message__in=Message.objects.filter(automatic=True).values("pk"))


def _exceptions(reader: Reader) -> Q:
    """Whether of a row's message something was decided, or may have been granted, for itself."""
    grants = Grant.objects.filter(user=reader.pk)
    decided = Q(thread__in=ThreadLevel.objects.filter(account__in=reader.theirs).values("thread"))
    granted = Q(thread__in=grants.exclude(thread=None).values("thread"))
    of_threads = Message.objects.filter(decided | granted)
    with_people = Participant.objects.filter(address__in=grants.exclude(address=None).values("address"))
    return (
        Q(message__in=of_threads.values("pk"))
        | Q(message__in=grants.exclude(message=None).values("message"))
        | Q(message__in=with_people.values("message"))
    )


def _keeps_no_sets(using: str) -> bool:
    """PostgreSQL looks through a set again for each row once it is larger than its memory for one."""
    return connections[using].vendor == "postgresql"
