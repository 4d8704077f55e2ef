"""Invitations are read as far as they are shown, and nobody's calendar costs more than a moment."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escala_email_plugin.mail.calendar import ATTENDEES, LONGEST, Attendee, Repeats, read

from .growth import is_linear


def calendar(*lines: str, method: str = "METHOD:REQUEST") -> bytes:
    body = ["BEGIN:VCALENDAR", method, "BEGIN:VEVENT", "UID:1@x.test", *lines, "END:VEVENT", "END:VCALENDAR"]
    return "\r\n".join(body).encode() + b"\r\n"


START = "DTSTART:20260310T090000Z"


def test_an_invitation_is_read():
    found = read(
        calendar(
            "SEQUENCE:2",
            "SUMMARY:Reunión",
            START,
            "DTEND:20260310T100000Z",
            "LOCATION:Sala 1\\, planta 2",
            "ORGANIZER;CN=Ana:mailto:ana@cliente.test",
            "ATTENDEE;CN=Luis;PARTSTAT=ACCEPTED:MAILTO:luis@agency.test",
            "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:eva@agency.test",
            "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=10",
        )
    )
    assert (found.method, found.uid, found.sequence) == ("REQUEST", "1@x.test", 2)
    assert (found.summary, found.location) == ("Reunión", "Sala 1, planta 2")
    assert (found.start, found.end) == (
        datetime(2026, 3, 10, 9, tzinfo=UTC),
        datetime(2026, 3, 10, 10, tzinfo=UTC),
    )
    assert found.organiser == Attendee("Ana", "ana@cliente.test")
    assert found.attendees == (
        Attendee("Luis", "luis@agency.test", "yes"),
        Attendee("", "eva@agency.test"),
    )
    assert found.repeats == Repeats("weekly", 2, 10)
    assert not found.is_cancelled


@pytest.mark.parametrize(
    ("line", "start"),
    [
        ("DTSTART;TZID=Romance Standard Time:20260310T100000", datetime(2026, 3, 10, 9, tzinfo=UTC)),
        ("DTSTART;TZID=America/Bogota:20260310T100000", datetime(2026, 3, 10, 15, tzinfo=UTC)),
        ("DTSTART:20260310T100000", datetime(2026, 3, 10, 10)),
        ("DTSTART;VALUE=DATE:20260310", date(2026, 3, 10)),
    ],
)
def test_a_time_is_of_its_zone_or_of_none(line, start):
    assert read(calendar(line)).start == start


def test_a_whole_day_ends_on_itself():
    assert read(calendar("DTSTART;VALUE=DATE:20260310", "DTEND;VALUE=DATE:20260311")).end == date(2026, 3, 10)


def test_a_length_gives_the_end():
    assert read(calendar(START, "DURATION:PT45M")).end == datetime(2026, 3, 10, 9, 45, tzinfo=UTC)


def test_a_cancelled_meeting_says_so():
    assert read(calendar(START, method="METHOD:CANCEL")).is_cancelled
    assert read(calendar(START, "STATUS:CANCELLED")).is_cancelled


def test_people_beyond_a_page_are_counted():
    found = read(calendar(START, *(f"ATTENDEE:mailto:a{n}@x.test" for n in range(ATTENDEES + 5))))
    assert (len(found.attendees), found.unnamed) == (ATTENDEES, 5)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0",
        b"Hola",
        b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n",
        b"BEGIN:VEVENT\r\n" * 3_000,
        calendar("DESCRIPTION:" + "x" * LONGEST),
        calendar(*["ATTENDEE:mailto:a@x.test"] * 100_000),
    ],
)
def test_what_is_none_is_none(content):
    assert read(content) is None


def test_what_repeats_for_ever_is_not_worked_out():
    found = read(
        calendar(START, "RRULE:FREQ=SECONDLY;COUNT=999999999;BYSECOND=" + ",".join(map(str, range(60))))
    )
    assert found.repeats == Repeats("otherwise", 1, 1_000_000)


LINES = st.sampled_from(
    [START, "DTSTART:99999999T999999Z",
        "DTSTART;TZID=../../etc/passwd:20260310T100000",
        "DTSTART:",
        "DURATION:-P9W",
     "RRULE:FREQ=",
        "RRULE:FREQ=WEEKLY;UNTIL=x",
        "ATTENDEE:",
        "ORGANIZER:x",
        "SEQUENCE:x",
        "SUMMARY;X=\"",
        "\0",
        ":",
     "BEGIN:VEVENT",
        "END:VEVENT",
        "DTEND;VALUE=DATE:20260310",
        "DTSTART:00010101T000000",
        "UID:2",
        "SUMMARY:\ud800",
     "DURATION:P99999999W"]
)  # fmt: skip


@given(st.lists(LINES, max_size=12))
def test_no_calendar_makes_the_reading_fail(lines):
    read(
        "\r\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR"]).encode(
            errors="replace"
        )
    )


@pytest.mark.parametrize(
    "line", ["ATTENDEE:mailto:a@x.test", "X:y", "DESCRIPTION;A=b;A=b:x", "RRULE:FREQ=DAILY", ";"]
)
def test_the_time_grows_with_the_length(line):
    assert is_linear(read, lambda n: calendar(START, *[line] * n), 900)
