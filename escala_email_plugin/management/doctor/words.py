"""How long ago, as people say it."""

from datetime import datetime

from django.utils import timezone
from django.utils.timesince import timesince, timeuntil


def age(moment: datetime) -> str:
    """“3 minutes ago”; what lies ahead was a moment ago by another clock."""
    seconds = (timezone.now() - moment).total_seconds()
    if seconds < 60:
        return "less than a minute ago"
    return f"{_plain(timesince(moment, depth=1))} ago"


def until(moment: datetime) -> str:
    """“in 3 days”, or “3 days ago”."""
    return f"in {_plain(timeuntil(moment, depth=1))}" if moment > timezone.now() else age(moment)


def _plain(text: str) -> str:
    return text.replace("\xa0", " ")
