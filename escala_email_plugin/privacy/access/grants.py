"""What somebody has granted, and taking it back: at once, for the past too, for access is asked when read."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from ...models import EmailAccount, Grant


@dataclass
class Given:
    """What one answer granted to one colleague, of all of the owner's mailboxes."""

    user: Any
    since: datetime
    #: By id, the messages, conversations and addresses (texts) of which it was granted.
    messages: dict[int, Grant] = field(default_factory=dict)
    threads: dict[int, Grant] = field(default_factory=dict)
    addresses: dict[int, str] = field(default_factory=dict)
    #: One of the grants, to take all of them back by.
    grant_id: int = 0


def of(owner: Any) -> QuerySet[Grant]:
    """What ``owner``, whose mailboxes they are now, has granted."""
    return Grant.objects.filter(
        account__owner=owner, account__kind=EmailAccount.Kind.PERSONAL, account__erase_at=None
    )


def granted_by(owner: Any) -> list[Given]:
    """What ``owner`` has granted, by colleague, the newest first. To who has left it is of no effect."""
    rows = of(owner).select_related("user", "address").order_by("user", "-granted_at", "-pk")
    found: dict[Any, Given] = {}
    for grant in rows:
        given = found.setdefault(_answer_of(grant), Given(grant.user, grant.granted_at, grant_id=grant.pk))
        given.since = min(given.since, grant.granted_at)
        if grant.message_id:
            given.messages[grant.message_id] = grant
        elif grant.thread_id:
            given.threads[grant.thread_id] = grant
        else:
            given.addresses[grant.address_id] = grant.address.value
    return list(found.values())


def _answer_of(grant: Grant) -> tuple[Any, ...]:
    """What was granted together goes together."""
    if grant.request_id:
        return grant.user_id, grant.request_id
    return grant.user_id, None, grant.message_id, grant.thread_id, grant.address_id


def together_with(owner: Any, grant: Grant) -> QuerySet[Grant]:
    """What was granted together with ``grant``. Somebody else's is not among it."""
    together = (
        {"request": grant.request_id}
        if grant.request_id
        else {name: getattr(grant, name) for name in ("request", "message", "thread", "address")}
    )
    return of(owner).filter(user=grant.user_id, **together)


def take_back(owner: Any, grant: Grant) -> bool:
    """Take back what was granted together with ``grant``; whether there was anything left to take."""
    return bool(together_with(owner, grant).delete()[0])


def take_back_all(owner: Any, user_id: int) -> bool:
    """Take back all that was granted to one colleague; whether there was anything."""
    return bool(of(owner).filter(user=user_id).delete()[0])
