"""A forwarded message becomes a message again, and nothing a stranger wrote becomes a header of it."""

from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escala_email_plugin.mail.addresses import BadAddress, Mailbox, canonical
from escala_email_plugin.mail.forwarded import find
from escala_email_plugin.mail.inner import Inner, as_raw
from escala_email_plugin.mail.parse import parse
from tests.making import content

from .forwards import FORWARDS, MORNING, attaching, mail
from .growth import is_linear

FORWARDED_AT = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
ARRIVED = datetime(2026, 3, 4, 9, 1, tzinfo=UTC)


def inner(**changed: object) -> Inner:
    values = {
        "raw": None,
        "sender": Mailbox("Ana Gómez", "ana@cliente.test"),
        "to": (Mailbox("Luis", "luis@agency.test"),),
        "cc": (),
        "subject": "Presupuesto",
        "date": datetime.fromisoformat(MORNING),
        "message_id": "",
        "text": "Hola",
    }
    return Inner(**(values | changed))


@pytest.mark.parametrize("name", FORWARDS)
def test_what_was_forwarded_is_read_again_as_it_was_found(name):
    (found,) = find(FORWARDS[name].raw)
    parsed = parse(as_raw(found, FORWARDED_AT), ARRIVED)
    people = [("from", found.sender)] if found.sender else []
    people += [("to", one) for one in found.to] + [("cc", one) for one in found.cc]
    assert [(one.role, (one.name, one.address)) for one in parsed.people] == people
    assert parsed.subject == found.subject
    assert parsed.sent_at == (found.date or FORWARDED_AT)
    assert parsed.text.rstrip() == found.text
    assert parsed.html.rstrip() == found.html.rstrip()
    assert not parsed.own_id


@pytest.mark.parametrize("name", FORWARDS)
def test_the_same_forward_makes_the_same_bytes(name):
    first, second = (as_raw(*find(FORWARDS[name].raw), FORWARDED_AT) for _ in range(2))
    assert first == second
    assert parse(first, ARRIVED).key == parse(second, ARRIVED).key


def test_two_forwards_of_two_messages_are_two():
    others = [
        {"text": "Hola."},
        {"subject": "Otro"},
        {"date": FORWARDED_AT},
        {"cc": inner().to},
        {"html": "Hola"},
    ]
    keys = {parse(as_raw(inner(**one), FORWARDED_AT), ARRIVED).key for one in [{}, *others]}
    assert len(keys) == 6


def test_an_attached_message_is_given_as_it_was():
    raw = b"From: a@x.test\r\n\r\nHola"
    (found,) = find(attaching([raw]))
    assert as_raw(found, FORWARDED_AT) == found.raw


def test_a_message_is_never_later_than_the_mail_that_forwards_it():
    late = FORWARDED_AT + timedelta(hours=3)
    assert parse(as_raw(inner(date=late), FORWARDED_AT), ARRIVED).sent_at == FORWARDED_AT


@pytest.mark.parametrize(
    ("told", "fallback", "expected"),
    [
        (None, FORWARDED_AT, FORWARDED_AT),
        (None, None, None),
        (datetime(2026, 3, 3, 9, 12), None, datetime(2026, 3, 3, 9, 12, tzinfo=UTC)),
        (datetime(2026, 3, 3, 9, 12), FORWARDED_AT, datetime(2026, 3, 3, 9, 12, tzinfo=UTC)),
        (
            datetime(2026, 3, 3, 9, 12),
            FORWARDED_AT.astimezone(timezone(timedelta(hours=-6))),
            datetime(2026, 3, 3, 15, 12, tzinfo=UTC),
        ),
    ],
)
def test_what_a_date_lacks_is_lent_by_the_forwarding_mail(told, fallback, expected):
    assert parse(as_raw(inner(date=told), fallback), ARRIVED).sent_at == (expected or ARRIVED)


def test_attachments_of_the_forwarding_mail_are_the_messages():
    text = FORWARDS["gmail text es"].raw.partition(b"\n\n")[2].decode()
    raw = attaching([b"%PDF-1.4 uno"], 'application/pdf; name="año 1.pdf"', "base64", text)
    (found,) = find(raw)
    (part,) = parse(as_raw(found, FORWARDED_AT), ARRIVED).attachments
    assert (part.name, part.content_type, content(part)) == ("año 1.pdf", "application/pdf", b"%PDF-1.4 uno")
    assert as_raw(found, FORWARDED_AT) == as_raw(*find(raw), FORWARDED_AT)


@pytest.mark.parametrize(
    "kind", ["message/rfc822", "text/plain; charset=latin1", "message/delivery-status", "x/y"]
)
def test_an_attachment_of_any_kind_is_carried_over_to_the_byte(kind):
    text = FORWARDS["gmail text es"].raw.partition(b"\n\n")[2].decode()
    data = b"From: a@x.test\r\nSubject: \xf1\r\n\r\nHola\x00\r"
    (found,) = find(attaching([data], f"{kind}; name=uno", "base64", text))
    (part,) = parse(as_raw(found, FORWARDED_AT), ARRIVED).attachments
    assert content(part) == data
    assert part.content_type == kind.partition(";")[0]


def test_the_signature_of_the_forwarding_mail_is_not_the_messages():
    text = FORWARDS["gmail text es"].raw.partition(b"\n\n")[2].decode()
    raw = attaching([b"\x30\x80"], "application/pkcs7-signature; name=smime.p7s", "base64", text)
    (found,) = find(raw.replace(b"multipart/mixed", b"multipart/signed"))
    assert found.parts == ()


def test_a_picture_is_shown_where_the_message_shows_it():
    sample = FORWARDS["gmail es"]
    html = sample.raw.partition(b"text/html")[2].partition(b"\n\n")[2].decode().partition("\n--b--")[0]
    html = html.replace("¿Me", "<img src='cid:uno@x'>¿Me")
    picture = b"Content-Type: image/png\nContent-ID: <uno@x>\nContent-Transfer-Encoding: base64\n\nAAAA\n"
    head, _, body = mail("Fwd: Presupuesto", html=html).partition(b"Content-Type: text/html")
    raw = head + b"Content-Type: multipart/related; boundary=r\n\n--r\nContent-Type: text/html" + body
    (found,) = find(raw + b"\n--r\n" + picture + b"--r--\n")
    (part,) = parse(as_raw(found, FORWARDED_AT), ARRIVED).attachments
    assert (part.inline, part.content_id) == (True, "uno@x")


# What strangers write

NASTY = [
    "Ana\r\nBcc: eve@evil.test",
    "Ana\nBcc: eve@evil.test",
    "Ana\rBcc: eve@evil.test",
    "Ana\x00\x0b\x0c\x1c\x85\u2028Bcc: eve@evil.test",
    '"<eve@evil.test>, ',
    "eve@evil.test",
    "=?utf-8?q?eve?= <eve@evil.test>",
    "=?utf-8?q?=0D=0ABcc:_eve@evil.test?=",
    "\r\n\r\nHola",
    "\udcf1 \ud800",
    "a" * 5_000,
    "ñ" * 5_000,
    "ñ \r\n" * 500,
    "(", ")", "\\", '"', "<", ">", ",", ";", ":", "=?", "?=",
]  # fmt: skip
HEADERS = {
    "from", "to", "cc", "subject", "date", "mime-version", "content-type", "content-transfer-encoding",
}  # fmt: skip


def check(made: bytes) -> None:
    """Every line of the head is a header that was meant, and only those told are in it."""
    head = made.partition(b"\r\n\r\n")[0]
    assert b"\x00" not in head
    assert b"\r" not in head.replace(b"\r\n", b"")
    assert b"\n" not in head.replace(b"\r\n", b"")
    names = [line.partition(b":")[0].decode().lower() for line in head.split(b"\r\n") if line[:1] != b" "]
    assert set(names) <= HEADERS
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("nasty", NASTY)
def test_no_name_and_no_subject_makes_a_header(nasty):
    people = (Mailbox(nasty, "ana@cliente.test"), Mailbox("", "luis@agency.test"))
    made = as_raw(inner(sender=people[0], to=people, cc=people, subject=nasty, text=nasty), FORWARDED_AT)
    check(made)
    parsed = parse(made, ARRIVED)
    assert {one.address for one in parsed.people} == {"ana@cliente.test", "luis@agency.test"}
    assert message_from_bytes(made)["Bcc"] is None


def addresses() -> st.SearchStrategy[str]:
    def tried(text: str) -> str:
        try:
            return canonical(text)
        except BadAddress:
            return "ana@cliente.test"

    return st.text(max_size=20).map(lambda text: tried(f"{text}@x.test"))


@given(st.text(max_size=200), addresses(), st.text(), st.text())
def test_whatever_was_written_is_read_again_from_the_same_people(name, address, subject, text):
    made = as_raw(inner(sender=Mailbox(name, address), subject=subject, text=text), FORWARDED_AT)
    check(made)
    assert [one.address for one in parse(made, ARRIVED).people if one.role == "from"] == [address]


@pytest.mark.parametrize(
    "address", ['"a(b"@x.test', '"a\\"b"@x.test', "ñandú@x.test", "a+b@xn--pea-8ma.test"]
)
def test_an_odd_address_stays_what_it_is(address):
    made = as_raw(inner(sender=Mailbox('Ana, "la"', address)), FORWARDED_AT)
    assert parse(made, ARRIVED).people[0].address == address


@pytest.mark.parametrize("piece", ["a", "ñ", " ", "\n", "=?", "ñ "])
@pytest.mark.parametrize("field", ["subject", "text", "html"])
def test_a_message_is_made_in_time_in_proportion(field, piece):
    def make(size: int) -> Inner:
        return inner(**{field: piece * size})

    assert is_linear(lambda one: as_raw(one, FORWARDED_AT), make, 20_000)
