"""How fast a run is and how long it still takes, in numbers that stay true while nothing moves."""

from datetime import datetime, timedelta

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..models import Run

#: Until then a pace would be a guess.
EARLY = timedelta(seconds=4)

#: A run writes when a batch is done. One that did not for so long is slower than it was.
QUIET = timedelta(seconds=20)

MINUTE, HOUR = 60, 3600


def pace(run: Run, now: datetime) -> float | None:
    """Messages a second, over the whole run; None while it is too early to tell."""
    took = _took(run) + (now - run.moved_at if now - run.moved_at > QUIET else timedelta())
    return run.done / took.total_seconds() if run.done and took >= EARLY else None


def _took(run: Run) -> timedelta:
    """Until it moved last. A sync's row is made when its first batch is done, and says how long that took."""
    told = run.result.get("seconds") if run.kind == Run.Kind.SYNC else None
    return max(run.moved_at - run.started_at, timedelta(seconds=told or 0))


def seconds_left(run: Run, now: datetime) -> float | None:
    """How long what is left takes at that pace; None where nobody can tell."""
    speed = pace(run, now)
    return max(0, run.total - run.done) / speed if speed else None


def pace_in_words(speed: float) -> str:
    """``"About 120 messages a second."``, in two digits: more would be invented."""
    if speed >= 1:
        number = two_digits(speed)
        text = ngettext("About %(number)s message a second.", "About %(number)s messages a second.", number)
    else:
        number = max(1, two_digits(speed * MINUTE))
        text = ngettext("About %(number)s message a minute.", "About %(number)s messages a minute.", number)
    return text % {"number": number_format(number, force_grouping=True)}


def time_in_words(seconds: float) -> str:
    """``"about 5 minutes"``, to be put into a sentence."""
    if seconds < 10:
        return _("a few seconds")
    if seconds < 55:
        return _("about %(number)s seconds") % {"number": max(1, round(seconds / 10)) * 10}
    if seconds < 55 * MINUTE:
        number = max(1, round(seconds / MINUTE))
        return ngettext("about %(number)s minute", "about %(number)s minutes", number) % {"number": number}
    number = max(1, round(seconds / HOUR))
    return ngettext("about %(number)s hour", "about %(number)s hours", number) % {"number": number}


def two_digits(number: float) -> int:
    """A whole number, rounded to its two leading digits."""
    return round(round(number, 2 - len(str(int(number)))))
