"""The mailboxes of who left, and whose time is over."""

from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils import timezone

from ..models import EmailAccount
from ..sync.policy import policy


def leavers() -> QuerySet[EmailAccount]:
    """The mailboxes of who left, the last one first; none that is being deleted."""
    gone = EmailAccount.objects.filter(kind=EmailAccount.Kind.PERSONAL, left_at__isnull=False, erase_at=None)
    return gone.order_by("-left_at", "-pk")


def waited() -> QuerySet[EmailAccount]:
    """Those of them that have waited for as many days as was decided."""
    return leavers().filter(left_at__lte=timezone.now() - timedelta(days=policy().leaver_days))


def over() -> QuerySet[EmailAccount]:
    """Those of them whose time is over.

    Not whose owner is active again, though nobody has noticed it yet. (By a subquery and not ``owner__…``:
    see ``sync.lease``.)
    """
    return waited().exclude(owner__in=get_user_model().objects.filter(is_active=True))


def goes_on(account: EmailAccount) -> datetime:
    """When what goes of the mail of ``account``, whose owner left, goes."""
    return account.left_at + timedelta(days=policy().leaver_days)
