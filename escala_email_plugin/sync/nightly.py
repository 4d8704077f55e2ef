"""Which accounts are audited this night: each once, spread over its quiet hours."""

from datetime import datetime, timedelta

from django.db.models import Exists, F, Max, OuterRef, Q
from django.utils import timezone

from ..models import EmailAccount, Run
from .lease import claimable

#: The quiet hours: from one o'clock, in ``settings.TIME_ZONE``.
FIRST_HOUR, HOURS = 1, 4

#: One audited since then waits until the next night.
RECENTLY = timedelta(hours=20)

#: Neighbouring ids get distant minutes; it has no factor in common with the minutes of a night.
_STRIDE = 97


def due(now: datetime | None = None) -> list[int]:
    """The ids of the accounts whose minute of this night has come, the longest unaudited first.

    One that was never synchronised to the end has nothing to be compared with yet.
    """
    now = now or timezone.now()
    minute = _minute(now)
    if minute is None:
        return []
    done = Q(runs__kind=Run.Kind.AUDIT, runs__state=Run.State.DONE)
    recent = Run.objects.filter(
        account=OuterRef("pk"), kind=Run.Kind.AUDIT, state=Run.State.DONE, finished_at__gt=now - RECENTLY
    )
    # What belongs in a capture mailbox is not told by headers, which an audit compares.
    compared = claimable().exclude(kind=EmailAccount.Kind.CAPTURE)
    waiting = compared.filter(
        Q(trouble="") | Q(next_try__lte=now), ~Exists(recent), last_success__isnull=False
    )
    oldest = waiting.annotate(audited=Max("runs__finished_at", filter=done))
    ids = oldest.order_by(F("audited").asc(nulls_first=True), "pk").values_list("pk", flat=True)
    return [pk for pk in ids if pk * _STRIDE % (HOURS * 60) <= minute]


def _minute(now: datetime) -> int | None:
    """How many minutes of the quiet hours are over, None outside of them."""
    local = timezone.localtime(now, timezone.get_default_timezone())
    minute = (local.hour - FIRST_HOUR) * 60 + local.minute
    return minute if 0 <= minute < HOURS * 60 else None
