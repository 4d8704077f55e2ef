"""What a colleague reads all the same of an owner's mail: by what is shared, or by another answer.

In the owner's own mailboxes only: what colleagues have in theirs is not the owner's to know.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q, QuerySet

from ...models import EmailAccount, Grant, Location
from ...visibility import CORRESPONDENTS


def read_of(owner: Any, user: Any, messages: Collection[int]) -> set[int]:
    """Which of ``messages`` (ids) ``user`` reads in full in ``owner``'s mailboxes."""
    places = _read_places(owner, user).filter(message__in=messages)
    return set(places.order_by().values_list("message", flat=True))


def reads_any(owner: Any, user: Any, grants: Iterable[Grant]) -> bool:
    """Whether ``user`` reads anything of what ``grants``, which may be gone, were about."""
    about = Q(pk__in=[])
    for grant in grants:
        about |= _about(grant)
    return _read_places(owner, user).filter(about).exists()


def _read_places(owner: Any, user: Any) -> QuerySet[Location]:
    return Location.objects.seen_by(user).filter(
        account__owner=owner, account__kind=EmailAccount.Kind.PERSONAL, account__erase_at=None
    )


def _about(grant: Grant) -> Q:
    if grant.message_id:
        return Q(message=grant.message_id)
    if grant.thread_id:
        return Q(message__thread=grant.thread_id)
    return Q(
        message__participants__address=grant.address_id,
        message__participants__role__in=CORRESPONDENTS,
        message__participants__location=None,
    )
