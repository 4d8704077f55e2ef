"""Whom it concerns that a mailbox must be connected again."""

from typing import Any

from ..holders import holders
from ..models import EmailAccount
from ..permissions import TO_CONNECT

#: Of a mailbox that is nobody's own so many of those who may manage it are told.
MOST = 20


def concerned(account: EmailAccount) -> list[Any]:
    """The users who can connect ``account`` again: its owner, or those who manage it. Nobody who has left."""
    if account.kind != EmailAccount.Kind.PERSONAL:
        return _managers(TO_CONNECT[account.kind])
    owner = account.owner
    return [owner] if owner is not None and owner.is_active else []


def address_of(user: Any) -> str:
    """Where ``user`` reads mail; "" where nobody knows."""
    return getattr(user, user.get_email_field_name(), "") or ""


def _managers(permission: str) -> list[Any]:
    users = holders(permission).order_by("pk")
    # The host's own backends may know better than the tables.
    return [one for one in users[: 2 * MOST] if address_of(one) and one.has_perm(permission)][:MOST]
