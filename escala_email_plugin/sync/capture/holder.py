"""Whose mail it becomes: the account that holds what a user captured."""

from typing import Any

from django.db import transaction

from ...models import EmailAccount
from ..connection import connected, former, hold_sharing_still
from .address import login


def holder(user: Any) -> EmailAccount:
    """The user's personal mailbox; where none is connected, the last one that was; where none ever was, a
    row that stands for it and is connected to nothing.
    """
    kind = EmailAccount.Kind.PERSONAL
    return connected(kind, user) or former(kind, user).first() or _standing_for_none(user)


def _standing_for_none(user: Any) -> EmailAccount:
    rows = EmailAccount.objects.filter(
        kind=EmailAccount.Kind.PERSONAL, owner=user, imap_host="", erase_at=None
    )
    found = rows.first()
    if found is not None:
        return found
    with transaction.atomic():
        hold_sharing_still(user)
        # Another worker may have made it while we waited.
        return rows.first() or EmailAccount.objects.create(
            kind=EmailAccount.Kind.PERSONAL,
            owner=user,
            address=min(login(user), default=""),
            state=EmailAccount.State.DISCONNECTED,
            mode=EmailAccount.Mode.PARTIAL,
        )
