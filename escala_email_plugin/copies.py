"""By which copies a message belongs to a record: by none for whose mailbox the address is no contact."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from .models import Location
from .not_contacts import are_said, said_of


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
