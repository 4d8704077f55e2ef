"""Mail that concerns no record any more goes, some time after its last address left the records.

What goes is what would not be taken either if it came today. An address that comes back
after that has its mail looked for again, like any other that comes.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from .. import addresses, conf
from ..models import (
    Address,
    Location,
    Lookup,
    Message,
    Participant,
    RecordAddress,
    Tally,
)
from ..visibility import CORRESPONDENTS
from . import files, removal
from .lookups import notice_the_returned
from .persistence import persistently

#: Messages removed in one transaction.
BATCH = 200


@dataclass(frozen=True)
class Forgotten:
    """What a run removed."""

    messages: int
    files: int


def forget() -> Forgotten:
    """Remove the mail of the addresses whose time of grace is over, and files forgotten before.

    Safe with other workers and with a death at any point: an address is done with when all its mail
    was looked at. Raises ImproperlyConfigured where the time of grace is none.
    """
    before = timezone.now() - conf.grace()
    persistently(notice_the_returned)
    messages = 0
    for some in _expired(before):
        messages += sum(_forget(pk, before) for pk in _with_mail(some))
        persistently(lambda some=some: _done(some, before))
    return Forgotten(messages, files.remove())


def _expired(before: datetime) -> Iterator[list[int]]:
    """The addresses that left before then, the earliest first, in batches."""
    left = Address.objects.filter(left_at__lt=before).order_by("left_at", "pk")
    last: tuple[datetime, int] | None = None
    while True:
        rest = left if last is None else left.filter(_after("left_at", "pk", last))
        some = list(rest.values_list("left_at", "pk")[:BATCH])
        if not some:
            return
        yield [pk for _, pk in some]
        last = some[-1]


def _with_mail(pks: list[int]) -> QuerySet:
    theirs = Participant.objects.filter(address=OuterRef("pk"))
    return Address.objects.filter(Exists(theirs), pk__in=pks).values_list("pk", flat=True)


def _forget(pk: int, before: datetime) -> int:
    """Remove the mail of one address that concerns nobody else; returns how many messages it was."""
    removed = 0
    for messages in _messages(pk):
        unneeded = orphans(messages, before)
        if unneeded:
            removed += persistently(lambda unneeded=unneeded: _remove(unneeded, before))
    return removed


def _messages(address: int) -> Iterator[list[int]]:
    """The messages between the address and anybody, in batches, along the index of an address's mail."""
    theirs = Participant.objects.filter(address=address, role__in=CORRESPONDENTS)
    theirs = theirs.order_by("sent_at", "message")
    last: tuple[datetime, int] | None = None
    while True:
        rest = theirs if last is None else theirs.filter(_after("sent_at", "message", last))
        some = list(rest.values_list("sent_at", "message")[:BATCH])
        if not some:
            return
        yield list({message for _, message in some})
        last = some[-1]


def _after(first: str, second: str, last: tuple[datetime, int]) -> Q:
    return Q(**{f"{first}__gt": last[0]}) | Q(**{first: last[0], f"{second}__gt": last[1]})


def orphans(messages: Collection[int], before: datetime, besides: Collection[str] = ()) -> set[int]:
    """Those of ``messages`` in which no record takes part, nor an address that left it after ``before``.

    ``besides``: canonical addresses that count for nothing.

    As in ``rules``, an account's own address is no contact for that account: who has a record
    keeps a message, unless every account that holds it is that person's own.
    """
    holders: dict[int, set[str]] = defaultdict(set)
    places = Location.objects.filter(message__in=messages)
    for message, owner in places.values_list("message", "account__address").distinct():
        holders[message].add(owner)
    recorded = Exists(RecordAddress.objects.filter(address=OuterRef("address")))
    people = Participant.objects.filter(recorded | Q(address__left_at__gte=before), message__in=messages)
    pairs = people.values_list("message", "address__value").distinct()
    return set(messages) - {
        message for message, value in pairs if holders[message] != {value} and value not in besides
    }


def _remove(messages: Collection[int], before: datetime) -> int:
    """Remove those of ``messages`` that still concern nobody, with all that is theirs alone."""
    with transaction.atomic():
        threads = removal.lock(messages)
        there = list(Message.objects.filter(pk__in=messages).values_list("pk", flat=True))
        unneeded = orphans(there, before)
        removal.remove(unneeded, threads)
    return len(unneeded)


def _done(pks: Collection[int], before: datetime) -> None:
    """These addresses are done with, but for those that came back meanwhile."""
    with transaction.atomic():
        addresses.lock_yielding(pks)
        left = Address.objects.filter(pk__in=pks, left_at__lt=before, records=None)
        gone = list(left.values_list("pk", flat=True))
        Address.objects.filter(pk__in=gone).update(left_at=None)
        for model in (Lookup, Tally):
            model.objects.filter(address__in=gone).delete()
