"""When people at work write: Monday to Friday, in the daytime of Bogota."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

#: Where the broker is. What is quoted in mail, and the CRM's screens, show its time.
BOGOTA = ZoneInfo("America/Bogota")

OPENS, CLOSES = 8, 18
#: Weekday of the first day off.
_SATURDAY = 5
#: Minutes of the morning or afternoon over which what comes from outside the hours is spread.
_SPREAD = 120


def worked(moment: datetime) -> bool:
    """Whether somebody is at work. ``moment`` must be aware."""
    local = moment.astimezone(BOGOTA)
    return local.weekday() < _SATURDAY and OPENS <= local.hour < CLOSES


def next_worked(moment: datetime) -> datetime:
    """``moment`` in Bogota, or where nobody is at work then, some minute of the next working morning."""
    local = moment.astimezone(BOGOTA)
    if worked(local):
        return local
    opening = local.replace(hour=OPENS, minute=0)
    if local.hour >= OPENS:
        opening += timedelta(days=1)
    while opening.weekday() >= _SATURDAY:
        opening += timedelta(days=1)
    return opening + timedelta(minutes=_minutes(local))


def last_worked(moment: datetime) -> datetime:
    """``moment`` in Bogota, or where nobody is at work then, some minute of the afternoon before."""
    local = moment.astimezone(BOGOTA)
    if worked(local):
        return local
    closing = local.replace(hour=CLOSES, minute=0)
    if local.hour < CLOSES:
        closing -= timedelta(days=1)
    while closing.weekday() >= _SATURDAY:
        closing -= timedelta(days=1)
    return closing - timedelta(minutes=1 + _minutes(local))


def _minutes(local: datetime) -> int:
    return (local.hour * 60 + local.minute) % _SPREAD
