"""The mailboxes of who left, and whose time is over."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from ..models import EmailAccount
from ..sync.policy import decided


def here() -> QuerySet[EmailAccount]:
    """The mailboxes of who is here."""
    active = get_user_model().objects.filter(is_active=True)
    return _personal().filter(left_at=None, owner__in=active).order_by("address", "pk")


def departed() -> QuerySet[EmailAccount]:
    """The mailboxes of who left, noticed or not, the last one first; none that is being deleted."""
    active = get_user_model().objects.filter(is_active=True)
    gone = Q(left_at__isnull=False) | Q(owner=None) | ~Q(owner__in=active)
    return _personal().filter(gone).order_by(F("left_at").desc(nulls_first=True), "-pk")


def leavers() -> QuerySet[EmailAccount]:
    """The mailboxes that were noticed to be those of who left; none that is being deleted."""
    return _personal().filter(left_at__isnull=False).order_by("-left_at", "-pk")


def waited() -> QuerySet[EmailAccount]:
    """Those of them that have waited for as many days as was decided."""
    return leavers().filter(left_at__lte=timezone.now() - timedelta(days=decided().leaver_days))


def over() -> QuerySet[EmailAccount]:
    """Those of them whose time is over.

    Not whose owner is active again, though nobody has noticed it yet. (By a subquery and not ``owner__…``:
    see ``sync.lease``.)
    """
    return waited().exclude(owner__in=get_user_model().objects.filter(is_active=True))


def _personal() -> QuerySet[EmailAccount]:
    return EmailAccount.objects.filter(kind=EmailAccount.Kind.PERSONAL, erase_at=None)
