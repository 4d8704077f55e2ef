"""What was refused at a capture address lately: for its user to see why, and nobody else."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from ...models import CaptureAddress
from .judge import Refusal

#: For so long it is told, and so many at most are remembered.
LATELY = timedelta(days=30)
MOST = 50


def note(one: CaptureAddress, place: str, reason: Refusal) -> None:
    """Remember that the mail at ``place`` was refused; once, however often it is read."""
    with transaction.atomic():
        row = CaptureAddress.objects.select_for_update().filter(pk=one.pk).first()
        if row is None or place in row.refused:
            return
        kept = sorted(row.refused.items(), key=lambda item: item[1][1])[-(MOST - 1) :]
        row.refused = dict(kept) | {place: [str(reason), timezone.now().isoformat()]}
        row.save(update_fields=["refused"])


def lately(user: Any) -> Counter[str]:
    """How many were refused at ``user``'s addresses lately, by reason."""
    since = timezone.now() - LATELY
    rows = CaptureAddress.objects.filter(user=user).values_list("refused", flat=True)
    told = (entry for row in rows for entry in row.values())
    return Counter(reason for reason, when in told if datetime.fromisoformat(when) > since)
