"""What there is of some addresses, before they are erased. Counted up to a bound; nothing of it is shown."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import islice

from ..models import AccessRequest, Address, Attachment, EmailAccount, Location, Participant, Quarantined
from . import set_aside
from .person import Person
from .traces import decided, going

#: Messages that are looked at; who has more reads "more than". And rows with bytes, which are large.
MOST, MOST_BYTES = 2_000, 50

#: The id of no row.
NOBODY = 0

#: Messages in one query.
BATCH = 500


@dataclass(frozen=True)
class Holdings:
    """How many messages are ``removed`` and ``redacted``, and by the names of a report what else goes.

    Mail in which the addresses only stand is found while it is erased. ``is_more``: at least that.
    ``mailboxes``: those in which any of it is.
    """

    removed: int = 0
    redacted: int = 0
    more: dict[str, int] = field(default_factory=dict)
    mailboxes: int = 0
    is_more: bool = False


def what_there_is(addresses: Collection[str]) -> Holdings:
    """Of canonical addresses, in a number of queries that is bounded."""
    rows = dict(Address.objects.filter(value__in=addresses).values_list("value", "pk"))
    # What was set aside, or stands on a list, may be of somebody of whom there is no mail yet.
    people = [Person(rows.get(one, NOBODY), one) for one in addresses]
    newest = Participant.objects.filter(address__in=rows.values()).order_by("-sent_at", "-message")
    found = list(dict.fromkeys(newest.values_list("message", flat=True)[: MOST + 1]))
    some = found[:MOST]
    alone: set[int] = set()
    for batch in _batches(some):
        alone |= going(batch, addresses)
    more, mailboxes = _with(alone, some)
    for one in people:
        more.update({name: there.count() for name, there in decided(one.pk, one.address).items()})
    aside, is_more = _set_aside(people)
    more["set_aside"] = aside
    return Holdings(
        removed=len(alone),
        redacted=len(some) - len(alone),
        more=dict(+more),
        mailboxes=mailboxes,
        is_more=is_more or len(found) > MOST,
    )


def _with(alone: Collection[int], some: Collection[int]) -> tuple[Counter[str], int]:
    """What goes with the messages ``alone``, and in how many mailboxes ``some`` are."""
    counted: Counter[str] = Counter()
    accounts: set[int] = set()
    for batch in _batches(alone):
        for name, model in (("places", Location), ("attachments", Attachment), ("requests", AccessRequest)):
            counted[name] += model.objects.filter(message__in=batch).count()
    for batch in _batches(some):
        accounts.update(
            EmailAccount.objects.filter(locations__message__in=batch).values_list("pk", flat=True)
        )
    return counted, len(accounts)


def _batches(some: Collection[int]) -> list[list[int]]:
    ordered = sorted(some)
    return [ordered[at : at + BATCH] for at in range(0, len(ordered), BATCH)]


def _set_aside(people: Collection[Person]) -> tuple[int, bool]:
    """How many of the first rows with bytes name them, and whether there are further rows."""
    rows = Quarantined.objects.exclude(raw=None)
    if rows.count() > MOST_BYTES:
        return 0, True
    # More may come meanwhile.
    return len(list(islice(set_aside.naming(people), MOST_BYTES))), False
