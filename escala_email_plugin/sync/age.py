"""How old mail may be: what is older than was decided is not fetched. So what went by its age stays away."""

from datetime import datetime, timedelta

from django.utils import timezone

from ..models import Policy
from ..servers.imap import Detail


def oldest() -> datetime | None:
    """Since when mail is kept; None: whatever its age."""
    days = Policy.objects.values_list("retention_days", flat=True).first()
    return timezone.now() - timedelta(days=days) if days else None


def is_before(moment: datetime | None, oldest: datetime | None) -> bool:
    """Whether mail of that moment is not kept. Of what tells no moment nothing is known before it is read."""
    return moment is not None and oldest is not None and moment < oldest


def is_too_old(detail: Detail, oldest: datetime | None) -> bool:
    """Whether a message is not kept, by what the server tells of it."""
    return is_before(detail.dated or detail.arrived, oldest)
