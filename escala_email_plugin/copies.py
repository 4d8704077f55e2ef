"""By which copies a message belongs to a record: by none for whose mailbox the address is no contact."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, Q

from .models import Location, Participant, RecordAddress
from .not_contacts import are_said, said_of
from .visibility import CORRESPONDENTS


def differ(user: Any) -> bool:
    """Whether it matters by which copy a message is seen: some mailbox says of somebody "no contact"."""
    # A page asks several times; as Django does with permissions, one answer does for one user object.
    if not hasattr(user, "_escala_email_no_contacts"):
        user._escala_email_no_contacts = are_said()
    return user._escala_email_no_contacts


def that_count(addresses: Any, user: Any, at_least: int) -> list[Q]:
    """What holds of those participants among ``addresses`` whose message another copy shows ``at_least`` so
    much. Nothing where no mailbox says of any of them that it is no contact.
    """
    if not differ(user):
        return []
    conditions = []
    for accounts, some in said_of(addresses).items():
        places = Location.objects.seen_by(user, at_least).exclude(account__in=accounts)
        by_another = Q(Exists(places.filter(message=OuterRef("message"))), location=None)
        by_another |= Q(location__isnull=False) & ~Q(location__account__in=accounts)
        conditions.append(~Q(address__in=some) | by_another)
    return conditions


def left_aside(of: tuple, messages: Collection[int]) -> set[tuple[int, int]]:
    """``(message, account)`` of copies by which they do not belong to the record ``of`` (content type, id,
    reader): of mailboxes for which each of its addresses in the message is no contact.
    """
    content_type, object_id, user = of
    if not messages or not differ(user):
        return set()
    record = RecordAddress.objects.filter(content_type=content_type, object_id=str(object_id))
    addresses = list(record.values_list("address", flat=True))
    no_contacts: dict[int, set[int]] = defaultdict(set)
    for accounts, some in said_of(addresses).items():
        for account in accounts:
            no_contacts[account].update(some)
    people = Participant.objects.known_to(user).filter(
        message__in=messages, address__in=addresses, role__in=CORRESPONDENTS
    )
    brought: dict[int, set[int]] = defaultdict(set)
    for message, address in people.values_list("message", "address"):
        brought[message].add(address)
    return {
        (message, account)
        for message, theirs in brought.items()
        for account, none in no_contacts.items()
        if theirs <= none
    }
