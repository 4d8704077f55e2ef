import base64
import random
import time
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from escala_email_plugin.mail.parse import Parsed, Unreadable, parse
from tests.making import content

MESSAGES = Path(__file__).resolve().parent.parent / "messages"
ARRIVED = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
HEADERS = [
    b"From", b"To", b"Cc", b"Subject", b"Date", b"Message-ID", b"References", b"Content-Type", b"Content-ID",
    b"Content-Disposition", b"Content-Transfer-Encoding", b"Auto-Submitted",
]  # fmt: skip
PIECES = [
    b"multipart/mixed; boundary=b", b"text/html; charset=", b"message/rfc822", b"base64", b"quoted-printable",
    b"=?utf-8?q?", b"?=", b"=?utf-7?b?", b"filename*0*=", b"utf-8''%00%ff", b'"', b"(", b"<a@b.test>", b"\n ",
    b"--b\n", b"--b--", b"\n\n", b"\r", b"\x00", b"\xff", b"\xed\xa0\x80", b"=", b"idna",
    b"\x1b$B", b"format=flowed",
]  # fmt: skip

lines = st.builds(
    lambda name, value: name + b": " + b"".join(value) + b"\n",
    st.sampled_from(HEADERS),
    st.lists(st.sampled_from(PIECES) | st.binary(max_size=8), max_size=6),
)
letters = st.builds(
    lambda head, body: b"".join(head) + b"\n" + b"".join(body),
    st.lists(lines, max_size=8),
    st.lists(lines | st.sampled_from(PIECES) | st.binary(max_size=20), max_size=12),
)


def texts(parsed: Parsed) -> list[str]:
    """Every text that goes to a database."""
    found = [parsed.message_id, parsed.subject, parsed.text, parsed.html, parsed.snippet]
    found += [*parsed.in_reply_to, *parsed.references]
    found += [text for person in parsed.people for text in (person.name, person.address)]
    return found + [
        text for part in parsed.attachments for text in (part.name, part.content_type, part.content_id)
    ]


def check(raw: bytes) -> None:
    """Read ``raw``; whatever comes out fits the tables of a database."""
    try:
        parsed = parse(raw, ARRIVED)
    except Unreadable:
        return
    for text in texts(parsed):
        assert "\x00" not in text
        text.encode("utf-8")
    assert parsed.message_id
    assert parsed.sent_at.tzinfo is UTC
    assert parsed.sent_at <= ARRIVED + timedelta(days=1)
    assert len(parsed.snippet) <= 200
    assert "\n" not in parsed.snippet + parsed.subject
    assert all(len(one) <= 255 for one in (parsed.message_id, *parsed.in_reply_to, *parsed.references))
    for part in parsed.attachments:
        assert 0 < len(part.name) <= 150
        assert len(part.content_type) <= 127
        assert len(part.content_id) <= 255
        assert not {"/", "\\", "\r", "\n"} & set(part.name)
    assert all(len(person.name) <= 255 for person in parsed.people)


@given(st.binary(max_size=300) | letters)
@example(b"Content-Type: text/plain; charset=\xff\n\nx")
@example(b"Content-Type: multipart/mixed; boundary=\xff\n\n--\xff\n\nx")
@example(b"Date: Mon, 99 Foo 99999999999 99:99:99 +999999\n\n")
@settings(max_examples=500, deadline=None)
def test_whatever_comes_is_read_or_called_unreadable(raw):
    check(raw)


def test_golden_messages_with_damage_are_read_or_called_unreadable():
    dice = random.Random(2)
    for path in sorted(MESSAGES.glob("*.eml")):
        raw = path.read_bytes()
        for _ in range(40):
            damaged = bytearray(raw)
            for _ in range(dice.randint(1, 8)):
                damaged[dice.randrange(len(damaged))] = dice.randrange(256)
            check(bytes(damaged[: dice.randint(1, len(damaged))]))


@pytest.mark.parametrize(
    "piece", ["x", "a@", "> ", '"', "(", "<", "=?a?q?", "-- \n", "; a=", "a,", "--b\n", "\t", "cid:"]
)
@pytest.mark.parametrize(
    "head", ["", "From: ", "Subject: ", "References: ", "Content-Type: text/html;", "\n"]
)
def test_long_repetitions_take_no_time(piece, head):
    raw = f"{head}{piece * (200_000 // len(piece))}".encode()
    started = time.perf_counter()
    check(raw)
    assert time.perf_counter() - started < 2


@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60),
    st.sampled_from(["8bit", "quoted-printable", "base64"]),
)
@settings(deadline=None)
def test_what_the_standard_library_writes_is_read_back(subject, text, encoding):
    letter = EmailMessage()
    letter["From"], letter["Message-ID"] = "ana@cliente.test", "<one@cliente.test>"
    letter["Subject"] = subject
    letter.set_content(text, cte=encoding)
    letter.add_attachment(text.encode(), maintype="application", subtype="pdf", filename="póliza.pdf")
    parsed = parse(letter.as_bytes(), ARRIVED)
    assert parsed.text.rstrip("\n") == text.removeprefix("\ufeff").rstrip("\n")
    assert [(part.name, content(part)) for part in parsed.attachments] == [("póliza.pdf", text.encode())]


def test_parts_are_found_where_the_standard_library_finds_them():
    for path in sorted(MESSAGES.glob("*.eml")):
        if path.stem in ("boundary_not_announced", "attached_message", "digest", "bounce", "mbox_from_line"):
            continue  # where it does not look, looks deeper, or takes the line for a header
        raw = path.read_bytes()
        parts = [one for one in message_from_bytes(raw).walk() if not one.is_multipart()]
        contents = {(one.get_payload(decode=True) or b"").strip() for one in parts}
        missing = {content(part).strip() for part in parse(raw, ARRIVED).attachments} - contents
        assert not missing, path.stem


def copies() -> tuple[bytes, bytes]:
    """One letter as it lies in Sent, and as it arrived."""
    letter = MIMEMultipart()
    letter.attach(MIMEText("Hola, señor:\n\nla póliza.  \n", "plain", "utf-8"))
    attached = MIMEText("a;b\nc;d\n", "csv", "utf-8")
    attached.add_header("Content-Disposition", "attachment", filename="a.csv")
    letter.attach(attached)
    for name, value in {
        "From": "Ana <ana@cliente.test>", "To": "lucia@andina.test", "Subject": "Póliza",
        "Message-ID": "<one@cliente.test>", "Date": "Tue, 3 Mar 2026 10:00:00 +0100",
    }.items():  # fmt: skip
        letter[name] = value
    sent = letter.as_bytes()
    inbox = sent.replace(b"\n", b"\r\n").replace(
        base64.encodebytes("Hola, señor:\n\nla póliza.  \n".encode()).strip().replace(b"\n", b"\r\n"),
        "Hola, señor:\r\n\r\nla póliza.\r\n\r\n".encode(),
    )
    inbox = inbox.replace(b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: 8bit", 1)
    return (
        b"Bcc: eva@cliente.test\n" + sent,
        b"Return-Path: <x@y.test>\r\nReceived: from a by b; now\r\n" + inbox,
    )


def test_the_copy_in_sent_and_the_one_in_the_inbox_are_one_message():
    sent, inbox = copies()
    assert b"8bit" in inbox
    assert "señor".encode() in inbox
    one, other = parse(sent, ARRIVED), parse(inbox, ARRIVED + timedelta(minutes=1))
    assert one.key == other.key


def test_a_reused_message_id_makes_another_message():
    one, other = (
        parse((MESSAGES / f"reused_message_id_{n}.eml").read_bytes(), ARRIVED) for n in ("one", "two")
    )
    assert one.message_id == other.message_id
    assert one.key != other.key


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"ana@cliente.test>\n", b"eve@cliente.test>\n"),
        (b"Subject: P", b"Subject: Q"),
        (b"one@cliente", b"two@cliente"),
        (base64.encodebytes(b"a;b\nc;d\n").strip(), base64.encodebytes(b"a;b\nc;e\n").strip()),
    ],
)
def test_other_content_makes_another_message(old, new):
    letter = copies()[0].replace(b"Subject: =?utf-8?q?P=C3=B3liza?=", b"Subject: Poliza")
    assert old in letter
    assert parse(letter.replace(old, new), ARRIVED).key != parse(letter, ARRIVED).key


def test_a_message_without_an_id_has_the_same_made_one_in_each_copy():
    sent, inbox = (raw.replace(b"Message-ID: <one@cliente.test>", b"X-No: id") for raw in copies())
    one, other = parse(sent, ARRIVED), parse(inbox, None)
    assert one.message_id == other.message_id
    assert one.message_id.endswith("@missing.invalid")
    assert not one.own_id


@pytest.mark.parametrize("value", [b"", b"<>", b"<  >", b"\x00"])
def test_an_empty_id_is_none(value):
    assert not parse(b"Message-ID: " + value + b"\nFrom: a@b.test\n\nx", None).own_id


@pytest.mark.parametrize(
    ("header", "automatic"),
    [
        (b"Auto-Submitted: auto-replied", True),
        (b"Auto-Submitted: no", False),
        (b"Auto-Submitted: No (really)", False),
        (b"Auto-Submitted: auto-generated; x=y", True),
        (b"Precedence: Bulk", True),
        (b"Precedence: list", True),
        (b"Precedence: junk", True),
        (b"Precedence: normal", False),
        (b"List-Id: News <n.shop.test>", True),
        (b"X-List: a", False),
    ],
)
def test_programs_and_lists_are_told_from_people(header, automatic):
    assert parse(header + b"\n\nHola", None).automatic is automatic


def test_a_message_with_no_date_and_no_arrival_is_of_1970():
    assert parse(b"Subject: x\n\nx", None).sent_at == datetime(1970, 1, 1, tzinfo=UTC)


def test_forty_megabytes_are_read_in_a_few_seconds():
    data = base64.encodebytes(b"\x00" * 30_000_000)
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHola\n--b\nContent-Type: application/pdf\n"
        b"Content-Transfer-Encoding: base64\n\n" + data + b"--b--\n"
    )
    started = time.perf_counter()
    parsed = parse(raw, None)
    assert time.perf_counter() - started < 5
    assert [part.size for part in parsed.attachments] == [30_000_000]


def test_a_message_shows_nothing_of_its_content_in_a_log():
    assert "secreto" not in repr(parse(b"Subject: x\n\nsecreto", None))
