"""The counters of records in a listing: the last contact, the last answer, how much was written lately, and
who waits for whom. Of what the reader sees, and of nothing else.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from ..modules import may_see, module_of
from .contacts import Contacts

#: "Lately", in days.
RECENT = 30

US, THEM = "us", "them"


@dataclass(frozen=True)
class Counted:
    """``contacted_at``: when one of us last wrote; ``answered_at``: when anybody else did; ``recent``: the
    messages of the last days (``RECENT``).
    """

    contacted_at: datetime | None = None
    answered_at: datetime | None = None
    recent: int = 0

    @property
    def waiting(self) -> str:
        """Who the last message waits for: ``US``, ``THEM``, or nobody ("") where there is none."""
        if self.answered_at and (self.contacted_at is None or self.answered_at >= self.contacted_at):
            return US
        return THEM if self.contacted_at else ""


NOTHING = Counted()


def counted(records: Sequence[Any], user: Any) -> dict[Any, Counted] | None:
    """By primary key, of ``records`` of one model, those that ``user`` may see. None of a module that shows
    no mail.

    Four queries, and two more where conversations were tied to them by hand, or mailboxes name somebody who
    is no contact.
    """
    if not records or module_of(type(records[0])) is None:
        return None
    seen = [one for one in records if may_see(user, one)]
    contacts = Contacts.of(type(records[0]), user, [str(one.pk) for one in seen])
    if not contacts.is_on:
        return None
    since = timezone.now() - timedelta(days=RECENT)
    contacted, answered = _newest(contacts)
    recent = _recent(contacts, since)
    if tied := contacts.tied:
        _add_tied(contacts, tied, since, contacted, answered, recent)
    keys = {one.pk: str(one.pk) for one in seen}
    return {pk: Counted(contacted.get(key), answered.get(key), recent[key]) for pk, key in keys.items()}


def _newest(contacts: Contacts) -> tuple[dict[str, datetime], dict[str, datetime]]:
    """By record: the newest contact from us, and from others."""
    rows = contacts.addresses().annotate(
        contacted=newest(contacts, ours=True), answered=newest(contacts, ours=False)
    )
    contacted: dict[str, datetime] = {}
    answered: dict[str, datetime] = {}
    for record, *moments in rows.values_list("object_id", "contacted", "answered"):
        for found, moment in zip((contacted, answered), moments, strict=True):
            _keep_newest(found, record, moment)
    return contacted, answered


def newest(contacts: Contacts, **which: Any) -> Subquery:
    """When the newest contact of a ``RecordAddress`` was: along the index, as far as it has to look."""
    people = contacts.people(OuterRef("object_id")).filter(address=OuterRef("address"), **which)
    return Subquery(people.order_by("-sent_at", "-message").values("sent_at")[:1])


def _recent(contacts: Contacts, since: datetime) -> Counter[str]:
    """How many messages there are since then, by record."""
    people = contacts.with_records(sent_at__gte=since).order_by()
    return Counter(dict(people.values_list("record").annotate(number=Count("message", distinct=True))))


def _add_tied(
    contacts: Contacts,
    tied: dict[str, list[int]],
    since: datetime,
    contacted: dict[str, datetime],
    answered: dict[str, datetime],
    recent: Counter[str],
) -> None:
    of_thread: dict[int, list[tuple[bool, datetime, int]]] = defaultdict(list)
    for thread, *about in _in_threads(contacts.in_tied(), since):
        of_thread[thread].append(tuple(about))
    for record, threads in tied.items():
        for ours, moment, number in (one for thread in threads for one in of_thread[thread]):
            _keep_newest(contacted if ours else answered, record, moment)
            recent[record] += number


def _in_threads(messages: QuerySet, since: datetime) -> QuerySet:
    """``(thread, from us, newest, lately)`` of each thread, by direction."""
    return (
        messages.order_by()
        .values_list("thread", "ours")
        .annotate(newest=Max("sent_at"), number=Count("pk", filter=Q(sent_at__gte=since)))
    )


def _keep_newest(found: dict[str, datetime], record: str, moment: datetime | None) -> None:
    if moment is not None and (record not in found or found[record] < moment):
        found[record] = moment
