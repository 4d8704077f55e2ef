"""Which accounts are to be synchronised now."""

from django.db.models import Q, QuerySet
from django.utils import timezone

from ..models import EmailAccount
from .lease import AT_WORK, READ, free


def due() -> list[int]:
    """The ids of the accounts nobody works on whose time has come, the longest waiting first."""
    return list(_due().order_by("last_success", "pk").values_list("pk", flat=True))


def is_due(account_id: int) -> bool:
    """Whether it is one of them."""
    return _due().filter(pk=account_id).exists()


def _due() -> QuerySet[EmailAccount]:
    now = timezone.now()
    return EmailAccount.objects.filter(
        free(),
        Q(next_try=None) | Q(next_try__lte=now) | Q(wanted_at__isnull=False, trouble=""),
        READ,
        state__in=AT_WORK,
        mode=EmailAccount.Mode.TOTAL,
    )
