"""A meeting in words, in the reader's language and zone: when it is, how it repeats, what is said of it."""

from collections import Counter
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..mail.calendar import Attendee, Invitation, Repeats

#: Characters of a name in a sentence.
LONGEST = 60

#: What somebody answered.
ANSWERS = {
    "yes": gettext_lazy("accepted"),
    "no": gettext_lazy("declined"),
    "maybe": gettext_lazy("perhaps"),
    "delegated": gettext_lazy("sends somebody else"),
    "": gettext_lazy("no answer yet"),
}
_ANSWERED = {
    "yes": gettext_lazy("%(who)s accepted."),
    "no": gettext_lazy("%(who)s declined."),
    "maybe": gettext_lazy("%(who)s may come."),
    "delegated": gettext_lazy("%(who)s sends somebody else."),
    "": gettext_lazy("%(who)s answered."),
}
_SAID = {
    "COUNTER": gettext_lazy("%(who)s proposes another time."),
    "REFRESH": gettext_lazy("%(who)s asks for the details again."),
}


def says(meeting: Invitation) -> str:
    """What the mail says of it, in a sentence."""
    if meeting.is_cancelled:
        return _("This meeting was cancelled.")
    if meeting.method == "DECLINECOUNTER":
        return _("The proposed time was not accepted.")
    if meeting.method in ("REPLY", *_SAID):
        who = meeting.attendees[0] if meeting.attendees else None
        sentence = (
            _ANSWERED[who.answer if who else ""] if meeting.method == "REPLY" else _SAID[meeting.method]
        )
        return str(sentence) % {"who": _name(who)}
    if meeting.method == "REQUEST":
        return _("This meeting was changed.") if meeting.sequence else _("Invitation to a meeting.")
    return _("A date was added to this meeting.") if meeting.method == "ADD" else _("Calendar entry.")


def mood(meeting: Invitation) -> str:
    """How that is to be taken: "bad", "good", "new", or ""."""
    answer = meeting.attendees[0].answer if meeting.method == "REPLY" and meeting.attendees else ""
    if meeting.is_cancelled or meeting.method == "DECLINECOUNTER" or answer == "no":
        return "bad"
    if answer == "yes":
        return "good"
    return "new" if meeting.method == "COUNTER" or (meeting.method == "REQUEST" and meeting.sequence) else ""


def is_to_be_kept(meeting: Invitation) -> bool:
    """Whether it belongs in somebody's calendar."""
    return not meeting.is_cancelled and meeting.method in ("REQUEST", "PUBLISH", "ADD")


def answers(meeting: Invitation) -> str:
    """“3 accepted, 1 declined” of several who are invited; "" of one, and as long as nobody answered."""
    told = Counter(one.answer for one in meeting.attendees)
    if len(meeting.attendees) < 2:
        return ""
    words = {
        "yes": ngettext("%(number)s accepted", "%(number)s accepted", told["yes"]),
        "no": ngettext("%(number)s declined", "%(number)s declined", told["no"]),
        "maybe": ngettext("%(number)s perhaps", "%(number)s perhaps", told["maybe"]),
    }
    return ", ".join(said % {"number": told[answer]} for answer, said in words.items() if told[answer])


def first_day(meeting: Invitation) -> date | None:
    """The day on which it begins."""
    try:
        return _day(_here(meeting.start)) if meeting.start else None
    except (OverflowError, ValueError):  # the last hours of the year 9999
        return None


def when(meeting: Invitation) -> str:
    """“Tuesday, Nov. 24, 2026, 10 a.m. – 11 a.m. (CET, UTC+01:00)”; "" where that is not known."""
    if meeting.start is None:
        return ""
    try:
        start, end = _here(meeting.start), _here(meeting.end or meeting.start)
        if not isinstance(start, datetime):
            return _("%(days)s, all day") % {"days": _span(_written(start), _written(max(start, _day(end))))}
        return f"{_hours(start, end)} ({_zone(start)})"
    except (OverflowError, ValueError, TypeError):  # as above; one end has a zone, the other has none
        return ""


def repeats(rule: Repeats) -> str:
    """“Every 2 weeks, 10 times”, as far as that is simple."""
    values = {"number": rule.every}
    words = {
        "daily": ngettext("Every day", "Every %(number)s days", rule.every),
        "weekly": ngettext("Every week", "Every %(number)s weeks", rule.every),
        "monthly": ngettext("Every month", "Every %(number)s months", rule.every),
        "yearly": ngettext("Every year", "Every %(number)s years", rule.every),
    }
    said = words[rule.how] % values if rule.how in words else _("Several times")
    if rule.times:
        return ngettext("%(often)s, once", "%(often)s, %(number)s times", rule.times) % {
            "often": said,
            "number": rule.times,
        }
    if rule.until:
        try:
            return _("%(often)s until %(day)s") % {"often": said, "day": _written(_day(_here(rule.until)))}
        except (OverflowError, ValueError):
            return said
    return said


def _name(who: Attendee | None) -> str:
    """A name or an address, isolated in its direction."""
    if who is None or not (who.name or who.address):
        return _("Somebody")
    shown = who.name if who.name and "@" not in who.name else who.address or who.name
    return f"\N{FIRST STRONG ISOLATE}{Truncator(shown).chars(LONGEST)}\N{POP DIRECTIONAL ISOLATE}"


def _here(moment: date) -> date:
    """A time that has a zone, in the reader's."""
    return timezone.localtime(moment) if isinstance(moment, datetime) and moment.tzinfo else moment


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _written(day: date) -> str:
    return f"{date_format(day, 'l')}, {date_format(day, 'DATE_FORMAT')}"


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first} – {last}"


def _hours(start: datetime, end: date) -> str:
    begins = f"{_written(_day(start))}, {time_format(start, 'TIME_FORMAT')}"
    if not isinstance(end, datetime) or end <= start:
        return begins
    ends = time_format(end, "TIME_FORMAT")
    return f"{begins} – {ends}" if _day(start) == _day(end) else f"{begins} – {_written(_day(end))}, {ends}"


def _zone(moment: datetime) -> str:
    if moment.tzinfo is None:
        return _("in the time of the place")
    name, offset = moment.tzname() or "", moment.strftime("%z")
    zone = f"UTC{offset[:3]}:{offset[3:5]}"
    return f"{name}, {zone}" if name[:1].isalpha() and name != "UTC" else zone
