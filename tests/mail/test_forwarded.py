"""What was forwarded in a mail, and what was not forwarded at all."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escala_email_plugin.mail.forward_words import prefix
from escala_email_plugin.mail.forwarded import find, quoted_in
from escala_email_plugin.mail.parse import Unreadable, parse

from .forwards import ANA, BODY, FORWARDS, NOTE, attaching, mail
from .growth import is_linear
from .no_forwards import NO_FORWARDS
from .odd import LETTERS

MESSAGES = Path(__file__).resolve().parent.parent / "messages"
ARRIVED = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


def test_there_are_enough_samples():
    assert len(FORWARDS) >= 60
    assert len(NO_FORWARDS) >= 25


@pytest.mark.parametrize("name", FORWARDS)
def test_a_forwarded_message_is_found(name):
    sample = FORWARDS[name]
    (found,) = find(sample.raw)
    assert found.raw is None
    assert found.sender == sample.sender
    assert list(found.to) == sample.to
    assert list(found.cc) == sample.cc
    assert found.subject == sample.subject
    assert (str(found.date) if found.date else None) == sample.date
    assert found.comment == sample.comment
    assert found.text == sample.text
    assert bool(found.html) == sample.html


@pytest.mark.parametrize("name", FORWARDS)
def test_of_what_is_stored_it_is_found_where_the_subject_says_so(name):
    stored = parse(FORWARDS[name].raw, ARRIVED)
    found = quoted_in(stored.subject, stored.text, stored.html)
    assert bool(found) == (prefix(stored.subject) == "forward")
    if found:
        assert (found.sender, found.text) == (FORWARDS[name].sender, FORWARDS[name].text)


@pytest.mark.parametrize("name", NO_FORWARDS)
def test_of_what_is_stored_nothing_is_found_that_was_not_forwarded(name):
    try:
        stored = parse(NO_FORWARDS[name], ARRIVED)
    except Unreadable:
        return
    assert quoted_in(stored.subject, stored.text, stored.html) is None


@pytest.mark.parametrize("name", [name for name, sample in FORWARDS.items() if sample.html])
def test_the_html_that_is_kept_is_the_forwarded_messages_only(name):
    (found,) = find(FORWARDS[name].raw)
    assert "presupuesto?" in found.html
    assert "Te paso esto" not in found.html
    assert "cliente.test" not in found.html


def test_html_that_names_somebody_else_is_not_kept():
    raw = FORWARDS["gmail es"].raw
    text, html = raw.split(b"Content-Type: text/html")
    (found,) = find(text + b"Content-Type: text/html" + html.replace(b"ana@cliente.test", b"eve@evil.test"))
    assert found.sender == ANA
    assert found.html == ""
    assert found.text == BODY


@pytest.mark.parametrize("name", NO_FORWARDS)
def test_what_was_not_forwarded_is_not_taken_for_it(name):
    assert find(NO_FORWARDS[name]) == []


@pytest.mark.parametrize("name", sorted(path.stem for path in MESSAGES.glob("*.eml")))
def test_of_ordinary_messages_only_the_one_with_a_message_attached_forwards(name):
    found = find((MESSAGES / f"{name}.eml").read_bytes())
    assert bool(found) == (name in {"attached_message", "forwarded_attached"})


# Attached


def original() -> bytes:
    return (MESSAGES / "alternative_spanish.eml").read_bytes()


@pytest.mark.parametrize("encoding", ["7bit", "8bit", "base64", "quoted-printable", ""])
@pytest.mark.parametrize(
    "kind",
    [
        "message/rfc822",
        'message/rfc822; name="uno.eml"',
        'application/octet-stream; name="uno.EML"',
        "message/global",
    ],
)
def test_an_attached_message_is_the_one_that_the_mailbox_has(kind, encoding):
    (found,) = find(attaching([original()], kind, encoding))
    assert found.raw.rstrip() == original().rstrip()
    assert parse(found.raw, ARRIVED).key == parse(original(), ARRIVED).key
    expected = parse(original(), ARRIVED)
    assert found.sender.address == next(one.address for one in expected.people if one.role == "from")
    assert (found.subject, found.date, found.message_id) == (
        expected.subject,
        expected.sent_at,
        expected.message_id,
    )
    assert found.comment == NOTE


def test_several_attached_messages_come_in_their_order():
    names = ["plain_english", "reply_in_spanish", "newsletter"]
    raws = [(MESSAGES / f"{name}.eml").read_bytes() for name in names]
    found = find(attaching(raws))
    assert [one.raw.rstrip() for one in found] == [raw.rstrip() for raw in raws]


def test_of_a_forwarded_forward_the_outer_one_counts():
    between = attaching([original()])
    (found,) = find(attaching([between]))
    assert found.raw.rstrip() == between.rstrip()
    assert [one.raw.rstrip() for one in find(found.raw)] == [original().rstrip()]


def test_a_message_attached_to_one_that_is_forwarded_in_its_text_is_a_part_of_that():
    text = FORWARDS["gmail text es"].raw.partition(b"\n\n")[2].decode()
    (found,) = find(attaching([original()], text=text))
    assert found.raw is None
    assert found.sender == ANA
    assert [part.content_type for part in found.parts] == ["message/rfc822"]


def test_an_attached_message_without_a_sender_is_one_all_the_same():
    (found,) = find(attaching([b"Subject: Hola\n\nAna"]))
    assert (found.sender, found.subject, found.date) == (None, "Hola", None)
    (found,) = find(attaching([b"From: a@x.test, b@x.test\n\nAna"]))
    assert found.sender is None
    (found,) = find(attaching([b"\x00"]))
    assert found.sender is None


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("application/octet-stream; name=uno.eml", b"%PDF-1.4"),
        ("application/octet-stream; name=uno.pdf", b"From: a@x.test\nDate: x\n\n"),
        ("application/octet-stream", b"From: a@x.test\nDate: x\n\n"),
        ("image/png; name=uno.eml", b"From: a@x.test\nDate: x\n\n"),
    ],
)
def test_a_file_that_is_no_message_is_none(kind, raw):
    assert find(attaching([raw], kind)) == []


def test_no_more_than_a_hundred_attached_messages_are_looked_at():
    assert len(find(attaching([original()] * 150))) == 100


# Hostile


@pytest.mark.parametrize("name", LETTERS)
def test_an_odd_message_is_looked_at_without_trouble(name):
    for one in find(LETTERS[name].raw):
        assert "\x00" not in one.text + one.html + one.comment + one.subject


words = st.sampled_from(
    [
        "From: ",
        "De: ",
        "Sent: ",
        "Date: ",
        "Subject: ",
        "To: ",
        "Ana <a@x.test>",
        "\n",
        "> ",
        "<br>",
        "<table>",
        "---- Forwarded message ----",
        "Begin forwarded message:",
        "On 3 March 2026, Ana wrote:",
        "\x00",
        "\r",
        "é",
        "<mailto:",
        "[",
        "]",
        "<",
        ">",
        "@",
        "3 March 2026 9:12",
        "-- \n",
    ]
)


@given(st.lists(words | st.text(max_size=5), max_size=40), st.sampled_from(["plain", "html"]))
def test_whatever_is_written_is_forwarded_or_not(pieces, kind):
    text = "".join(pieces).encode("utf-8", "replace").decode()
    raw = mail("Fwd: x", **{"text" if kind == "plain" else "html": text or "x"})
    for one in find(raw):
        assert one.raw is None
        assert one.sender is None or "@" in one.sender.address


LINES = [
    "> From: a@x.test\n",
    "From: a@x.test\n",
    "To: a@x.test,\n",
    "a@x.test,\n",
    "Subject: x\n",
    "Priority: x\n",
    "Date: x\nTo: x\nSubject: x\n",
    "Date: x\n\n\n\n",
    "---------- Forwarded message ---------\n",
    "---- Original Message ----\n\n\n",
    "Begin forwarded message:\n>\n",
    "Begin forwarded message:\n> To: x\n",
    "-",
    "- ",
    "From:",
    "On 3 March",
    "On 3 March\n",
    ">",
    "\n",
    " ",
    "<",
    "[",
    "[a@b",
    "<mailto:",
    "é",
    "\0",
]


@pytest.mark.parametrize("told", ["Fwd: x", "x"])
@pytest.mark.parametrize("line", LINES)
def test_text_is_looked_at_in_time_in_proportion(line, told):
    assert is_linear(find, lambda size: mail(told, text=line * (size // len(line))), 30_000)


@pytest.mark.parametrize("line", LINES)
def test_a_header_that_never_ends_is_read_in_time_in_proportion(line):
    def make(size: int) -> bytes:
        head = "From: Ana <a@x.test>\nDate: 3 March 2026 9:12\nSubject: x\nTo: "
        return mail("Fwd: x", text=head + line * (size // len(line)) + "\n\nHola")

    assert is_linear(find, make, 30_000)


TAGS = [
    "<div>From: a@x.test",
    "<br>",
    "<table>",
    "<td>",
    "</table>",
    "<",
    "</",
    "<!--",
    "<!-- -->",
    "<style>",
    "<x",
    "</style",
    "&#1",
    "&amp;",
    "<p><b>To:</b>",
    "<div>---- Forwarded message ----</div>",
    "a",
    "<a b='>",
]


@pytest.mark.parametrize("tag", TAGS)
def test_html_is_looked_at_in_time_in_proportion(tag):
    def make(size: int) -> bytes:
        return mail("Fwd: x", html="<p>Hola</p>" + tag * (size // len(tag)))

    assert is_linear(find, make, 30_000)


def test_parts_without_end_forward_nothing():
    raw = original()
    for _ in range(150):
        raw = attaching([raw])
    (found,) = find(raw)
    assert found.raw
    head, parts = b"", b""
    for number in range(150):
        kind = b"Content-Type: multipart/mixed; boundary=b%d\n\n" % number
        head, parts = head + kind + b"--b%d\n" % number, b"--b%d--\n" % number + parts
    assert find(head + b"\nHola\n" + parts) == []


def test_the_body_is_what_stands_below():
    assert FORWARDS["gmail es"].text == BODY
