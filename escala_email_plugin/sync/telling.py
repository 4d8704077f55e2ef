"""Who must connect a mailbox again is told by mail: once for each time it must.

``told_at`` is claimed before anything is sent, so that of two workers one sends. Whose mail failed is told
later by whoever claimed; whose worker died half-way is not: the banner stays, and a second mail is worse.
"""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils import timezone

from ..models import EmailAccount
from . import reconnect_mail
from .concerned import address_of, concerned
from .lease import ALIVE

logger = logging.getLogger(__name__)


def untold() -> list[int]:
    """The ids of the accounts that must be connected again and of which nobody was told."""
    return list(_untold().values_list("pk", flat=True))


def claim(account_id: int) -> tuple[datetime, list[int]] | None:
    """Take it over to tell of the account: when that was, and the ids of who is to be told.

    None where somebody else did, or there is nothing to tell. Whoever claims calls ``tell``.
    """
    account = _untold().filter(pk=account_id).select_related("owner").first()
    if account is None:
        return None
    # Before it is claimed: the host's permissions may fail, and then nobody would ever be told.
    users = [user.pk for user in concerned(account)]
    now = timezone.now()
    return (now, users) if _untold().filter(pk=account_id).update(told_at=now) else None


def tell(account_id: int, told_at: datetime, user_ids: Iterable[int]) -> list[int]:
    """Send these users the mail of the fall that was claimed at ``told_at``; returns those whose mail failed.

    Nothing is sent once the account was connected again, and nothing to who has left.
    """
    failed = []
    for user in get_user_model().objects.filter(pk__in=user_ids, is_active=True).order_by("pk"):
        account = EmailAccount.objects.filter(
            pk=account_id, state=EmailAccount.State.RECONNECT, told_at=told_at, erase_at=None
        ).first()
        if account is not None and not _tell(account, user):
            failed.append(user.pk)
    return failed


def _tell(account: EmailAccount, user: object) -> bool:
    # Who has no address here reads the mailbox itself with another program.
    own = account.address if account.kind == EmailAccount.Kind.PERSONAL else ""
    address = address_of(user) or own
    try:
        if address:
            reconnect_mail.send(account, user, address)
    except Exception as error:
        # Only the kind: its text may hold addresses.
        logger.warning("The mail about account %s was not sent: %s.", account.pk, type(error).__name__)
        return False
    return True


def _untold() -> QuerySet[EmailAccount]:
    fallen = EmailAccount.objects.filter(ALIVE, state=EmailAccount.State.RECONNECT, told_at=None)
    return fallen.order_by("pk")
