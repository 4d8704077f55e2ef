"""Who is asked for access is told by mail, once for each question: whoever claims it sends it."""

import logging
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from ...models import AccessRequest
from ...sync.concerned import address_of
from . import request_mail
from .answering import waiting

logger = logging.getLogger(__name__)


def untold() -> list[int]:
    """The ids of the open questions of which nobody was told."""
    return list(_open().filter(told_at=None).order_by("pk").values_list("pk", flat=True))


def claim(request_id: int) -> datetime | None:
    """Take it over to tell of the question; None where somebody else did, or there is nothing to tell.

    Whoever claims calls ``tell``.
    """
    now = timezone.now()
    untold = AccessRequest.objects.filter(pk__in=_open().values("pk"), pk=request_id, told_at=None)
    return now if untold.update(told_at=now) else None


def tell(request_id: int, told_at: datetime) -> bool:
    """Send the mail of the question that was claimed at ``told_at``; False where that failed.

    Nothing is sent of one that was answered meanwhile, asked anew, or of who has left.
    """
    request = (
        _open()
        .filter(pk=request_id, told_at=told_at)
        .select_related("asker", "account__owner", "message", "content_type")
        .first()
    )
    if request is None:
        return True
    owner = request.account.owner
    try:
        request_mail.send(request, owner, address_of(owner) or request.account.address)
    except Exception as error:
        # Only the kind: its text may hold addresses.
        logger.warning("The mail about question %s was not sent: %s.", request_id, type(error).__name__)
        return False
    return True


def _open() -> QuerySet[AccessRequest]:
    return AccessRequest.objects.filter(waiting(), asker__is_active=True)
