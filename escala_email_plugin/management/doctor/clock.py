"""Whether the clocks agree: leases, pauses and the age of everything are told by them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.db import connections, router
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from ...models import Beat, EmailAccount
from .finding import Finding, Level

#: A difference that nobody notices: asking takes a moment too, and the database tells whole seconds.
TOLERANCE = timedelta(seconds=5)

REMEDY = "Have every machine keep its clock by NTP (timedatectl, chrony)."


def clock() -> Iterator[Finding]:
    """Our clock against the database's, and against those that wrote the signs of life."""
    skew = _database_now() - datetime.now(UTC)
    if abs(skew) > TOLERANCE:
        says = f"The database's clock differs from this machine's by {_seconds(skew)}."
        yield Finding("clock", Level.WRONG, says, REMEDY)
    else:
        yield Finding("clock", Level.OK, "It agrees with the database's.")
    for beat in Beat.objects.filter(at__gt=timezone.now() + TOLERANCE).order_by("name"):
        ahead = _seconds(beat.at - timezone.now())
        yield Finding("clock", Level.WRONG, f"The clock of the {beat.name} is {ahead} ahead.", REMEDY)


def _database_now() -> datetime:
    with connections[router.db_for_write(EmailAccount)].cursor() as cursor:
        cursor.execute("SELECT CURRENT_TIMESTAMP")
        (now,) = cursor.fetchone()
    moment = parse_datetime(now) if isinstance(now, str) else now
    # SQLite and MySQL name no zone; Django has told them to use UTC.
    return moment if timezone.is_aware(moment) else moment.replace(tzinfo=UTC)


def _seconds(difference: timedelta) -> str:
    return f"{abs(difference.total_seconds()):.0f} seconds"
