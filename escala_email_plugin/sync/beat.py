"""Signs of life of what works in the background: one row each, written once a minute."""

from datetime import datetime, timedelta

from django.utils import timezone

from ..models import Beat

WORKER, WATCHER = "worker", "watcher"

#: A sign of life younger than this is not repeated. Shorter than the minute after which it is asked for.
PAUSE = timedelta(seconds=50)


def beat(name: str) -> None:
    """``name`` is alive. One look, and one write at most."""
    now = timezone.now()
    at = last(name)
    if at is None:
        Beat.objects.bulk_create([Beat(name=name, at=now)], ignore_conflicts=True)
    elif not now - PAUSE < at <= now:  # one in the future was written by a clock that was wrong
        Beat.objects.filter(name=name).update(at=now)


def leave(name: str) -> None:
    """``name`` was told to stop: nobody is to miss it."""
    Beat.objects.filter(name=name).delete()


def last(name: str) -> datetime | None:
    """When ``name`` last showed that it is alive; None where it never did, or was told to stop."""
    return Beat.objects.filter(name=name).values_list("at", flat=True).first()
