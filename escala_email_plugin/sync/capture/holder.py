"""Whose mail it becomes: the account that holds what a user captured."""

from typing import Any

from ...models import EmailAccount
from ..connection import connected, former
from .address import login


def holder(user: Any) -> EmailAccount:
    """The user's personal mailbox; where none is connected, the last one that was; where none ever was, a
    row that stands for it and is connected to nothing.
    """
    kind = EmailAccount.Kind.PERSONAL
    rows = EmailAccount.objects.filter(kind=kind, owner=user, imap_host="", erase_at=None)
    return connected(kind, user) or former(kind, user).first() or rows.first() or _made(user)


def _made(user: Any) -> EmailAccount:
    return EmailAccount.objects.create(
        kind=EmailAccount.Kind.PERSONAL,
        owner=user,
        address=min(login(user), default=""),
        state=EmailAccount.State.DISCONNECTED,
        mode=EmailAccount.Mode.PARTIAL,
    )
