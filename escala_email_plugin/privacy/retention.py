"""Mail that is older than was decided goes, whoever's it is; a synchronisation does not bring it in again.

(That is ``sync.age``'s.) What could not be read goes by when it arrived.
"""

import math
import time
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from ..models import Message, Quarantined
from ..sync import removal
from ..sync.age import oldest
from ..sync.persistence import persistently

#: Rows removed in one transaction.
BATCH = 200


def older_than(days: int) -> int:
    """How many stored messages are older than so many days."""
    return _before(timezone.now() - timedelta(days=days)).count()


def remove_the_old(shift: float | None = None) -> bool:
    """Remove what is older than is kept; returns whether all of it went.

    By the decision of now, asked before each batch: who takes it back stops it. After ``shift`` seconds it
    stops where it is, and as after a worker's death whoever goes on finds the rest.
    """
    end, last = time.monotonic() + (math.inf if shift is None else shift), 0
    while (since := oldest()) is not None:
        some = list(_before(since).filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not some:
            return _remove_set_aside(since)
        last = max(some)
        persistently(lambda some=some, since=since: _remove(some, since))
        if time.monotonic() > end:
            return False
    return True


def _before(moment: datetime) -> QuerySet[Message]:
    return Message.objects.filter(sent_at__lt=moment)


def _remove(some: list[int], since: datetime) -> None:
    with transaction.atomic():
        threads = removal.lock(some)
        removal.remove(list(_before(since).filter(pk__in=some).values_list("pk", flat=True)), threads)


def _remove_set_aside(since: datetime) -> bool:
    rows = Quarantined.objects.filter(arrived__lt=since).order_by("pk")
    while some := list(rows.values_list("pk", flat=True)[:BATCH]):
        Quarantined.objects.filter(pk__in=some).only("pk").delete()
    return True
