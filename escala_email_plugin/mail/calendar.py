"""Invitations to meetings (RFC 5545, RFC 5546), as far as they are shown. No repetition is worked out."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Literal
from zoneinfo import ZoneInfo

from .charsets import clean

#: Bytes of a calendar that are read, and components and properties in it: what is larger is no invitation.
LONGEST = 200_000
LINES = 4_000
DEEPEST = 6

#: Attendees that are told; the others are counted. Characters of a text.
ATTENDEES = 40
TEXT = 2_000
DESCRIPTION = 10_000

METHODS = {"REQUEST", "CANCEL", "REPLY", "PUBLISH", "COUNTER", "DECLINECOUNTER", "ADD", "REFRESH"}
ANSWERS = {"ACCEPTED": "yes", "DECLINED": "no", "TENTATIVE": "maybe", "DELEGATED": "delegated"}
FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}

Answer = Literal["yes", "no", "maybe", "delegated", ""]


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who is invited, or who invites. ``answer``: "" as long as there is none."""

    name: str
    address: str
    answer: Answer = ""


@dataclass(frozen=True, slots=True)
class Repeats:
    """How a meeting repeats: every so many times "daily", "weekly", "monthly", "yearly"; else "otherwise"."""

    how: str
    every: int = 1
    times: int | None = None
    until: date | datetime | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A meeting. Its times are dates (a whole day; ``end`` is the last), aware, or naive: of nobody's zone."""

    method: str  #: of METHODS; what tells none is "PUBLISH"
    uid: str
    sequence: int
    summary: str
    start: date | datetime | None
    end: date | datetime | None
    location: str
    description: str = field(repr=False)
    organiser: Attendee | None
    attendees: tuple[Attendee, ...]
    unnamed: int  #: attendees beyond those
    repeats: Repeats | None
    is_cancelled: bool


def read(content: bytes) -> Invitation | None:
    """The first meeting in a calendar; None for none, and for what is broken or too large. Never raises."""
    if len(content) > LONGEST or content.count(b"\n") > LINES or not _is_flat(content):
        return None
    from icalendar import Calendar  # half a second and megabytes, of which a worker needs nothing

    try:
        calendars = Calendar.from_ical(content, multiple=True)
        for calendar in calendars:
            for event in calendar.walk("VEVENT"):
                return _invitation(str(calendar.get("METHOD", "")).upper(), event)
    except Exception:  # whatever the library stumbles over was written by a stranger
        return None
    return None


def _is_flat(content: bytes) -> bool:
    """Whether components stand in one another as few times as in any calendar: a parser may recurse."""
    depth = 0
    for line in content.upper().split(b"\n"):
        depth += line.startswith(b"BEGIN:") - line.startswith(b"END:")
        if depth > DEEPEST:
            return False
    return True


def _invitation(method: str, event: Any) -> Invitation:
    start = _moment(event.get("DTSTART"))
    people = _all(event.get("ATTENDEE"))
    status = str(event.get("STATUS", "")).upper()
    return Invitation(
        method=method if method in METHODS else "PUBLISH",
        uid=_text(event.get("UID"), 255),
        sequence=_number(event.get("SEQUENCE")) or 0,
        summary=_text(event.get("SUMMARY")),
        start=start,
        end=_end(start, event),
        location=_text(event.get("LOCATION")),
        description=_text(event.get("DESCRIPTION"), DESCRIPTION),
        organiser=_person(_all(event.get("ORGANIZER"))[0]) if event.get("ORGANIZER") else None,
        attendees=tuple(_person(one) for one in people[:ATTENDEES]),
        unnamed=max(0, len(people) - ATTENDEES),
        repeats=_repeats(event.get("RRULE")) if event.get("RRULE") else None,
        is_cancelled=method == "CANCEL" or status == "CANCELLED",
    )


def _all(value: Any) -> list[Any]:
    """A property that may come once or several times."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: Any, longest: int = TEXT) -> str:
    first = _all(value)[:1]
    return clean(str(first[0])[:longest]).replace("\r\n", "\n").strip() if first else ""


def _number(value: Any) -> int | None:
    number = value[0] if isinstance(value, list) and value else value
    return min(int(number), 1_000_000) if isinstance(number, int) and number >= 0 else None


def _moment(value: Any) -> date | datetime | None:
    """A time; one whose zone the library does not know by name, in the zone the system knows, or in none."""
    first = _all(value)[:1]
    moment = getattr(first[0], "dt", None) if first else None
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            zone = _zone(str(first[0].params.get("TZID", "")))
            return moment.replace(tzinfo=zone) if zone else moment
        try:
            return moment.astimezone(UTC)
        except (OverflowError, ValueError):
            return None
    return moment if isinstance(moment, date) else None


def _zone(name: str) -> tzinfo | None:
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    try:
        return ZoneInfo(WINDOWS_TO_OLSON.get(name, name)) if name else None
    except (ValueError, OSError):  # no such zone; a path
        return None


def _end(start: date | datetime | None, event: Any) -> date | datetime | None:
    end = _moment(event.get("DTEND"))
    if end is None and start is not None and event.get("DURATION"):
        length = getattr(event["DURATION"], "dt", None)
        if isinstance(length, timedelta) and timedelta() <= length < timedelta(days=3_660):
            end = start + length
    if isinstance(end, datetime) != isinstance(start, datetime):
        return None
    # DTEND is the first day after it (RFC 5545 3.6.1).
    if end is not None and not isinstance(end, datetime) and start is not None and end > start:
        end -= timedelta(days=1)
    return end


def _person(value: Any) -> Attendee:
    parameters = getattr(value, "params", {})
    address = str(value)[:320]
    address = address[7:] if address.lower().startswith("mailto:") else address
    return Attendee(
        name=clean(str(parameters.get("CN", ""))[:255]).strip(),
        address=clean(address) if "@" in address else "",
        answer=ANSWERS.get(str(parameters.get("PARTSTAT", "")).upper(), ""),  # type: ignore[arg-type]
    )


def _repeats(value: Any) -> Repeats:
    rule = _all(value)[0]
    told = {str(name).upper(): some[0] for name, some in rule.items() if isinstance(some, list) and some}
    how = str(told.get("FREQ", "")).upper()
    until = told.get("UNTIL")
    return Repeats(
        how=how.lower() if how in FREQUENCIES else "otherwise",
        every=_number(told.get("INTERVAL")) or 1,
        times=_number(told.get("COUNT")),
        until=until if isinstance(until, date) else None,
    )
