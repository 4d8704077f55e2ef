"""Header values as strangers write them."""

import base64
from datetime import UTC, datetime, timedelta, timezone
from email.header import Header

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from escala_email_plugin.mail.headers import address_headers, date, decoded, message_ids

from .growth import is_linear

# Texts


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Renovación de la póliza", "Renovación de la póliza"),
        ("=?utf-8?q?P=C3=B3liza?=", "Póliza"),
        ("=?UTF-8?Q?P=C3=B3liza_nueva?=", "Póliza nueva"),
        ("=?utf-8?b?UMOzbGl6YQ==?=", "Póliza"),
        ("=?iso-8859-1?q?P=F3liza?=", "Póliza"),
        ("=?iso-8859-1*es?q?P=F3liza?=", "Póliza"),  # RFC 2231 5
        ("=?windows-1252?q?12_=80?=", "12 €"),
        ("=?iso-8859-1?q?12_=80?=", "12 €"),
        ("=?koi8-r?b?8NLJ18XU?=", "Привет"),
        ("=?iso-2022-jp?b?GyRCRnxLXBsoQg==?=", "日本"),
        ("=?gb2312?b?xOO6ww==?=", "你好"),
        ("=?windows-874?b?yMfR?=", "ศวั"),
        # RFC 2047 8
        ("(=?ISO-8859-1?Q?a?=)", "(a)"),
        ("(=?ISO-8859-1?Q?a?= b)", "(a b)"),
        ("(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)"),
        ("(=?ISO-8859-1?Q?a?=\r\n    =?ISO-8859-1?Q?b?=)", "(ab)"),
        ("(=?ISO-8859-1?Q?a_b?=)", "(a b)"),
        ("(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)", "(a b)"),
        # between plain and encoded words
        ("Re: =?utf-8?q?P=C3=B3liza?= de coche", "Re: Póliza de coche"),
        ("Re:=?utf-8?q?P=C3=B3liza?=", "Re:Póliza"),
        ("=?utf-8?q?a?= y =?utf-8?q?b?=", "a y b"),
        ("=?utf-8?q?a?==?utf-8?q?b?=", "ab"),
        ("12 € =?utf-8?q?P=C3=B3liza?=", "12 € Póliza"),
        # a character in two words
        ("=?utf-8?q?P=C3?= =?utf-8?q?=B3liza?=", "Póliza"),
        ("=?utf-8?b?UMM=?=\r\n =?UTF-8?b?s2xpemE=?=", "Póliza"),
        ("=?utf-8?b?UMM=?= =?utf-8?q?=B3liza?=", "Póliza"),
        # wrong, and seen
        ("=?utf-8?q?=C2=BFQu=C3=A9 tal??=", "¿Qué tal?"),
        ("=?utf-8?b?UMOzbGl6YQ?=", "Póliza"),
        ("=?utf-8?b?UMOz\r\n bGl6YQ==?=", "Póliza"),
        ("=?utf-8?q?100%=?=", "100%"),
        ("=?nunca-visto?q?P=C3=B3liza?=", "Póliza"),
        ("=?unknown-8bit?q?P=F3liza?=", "Póliza"),
        ("=?default?q?P=F3liza?=", "Póliza"),
        ("=?utf-8?q?P=F3liza?=", "Póliza"),
        ("=?utf-8?q??=", ""),
        ("=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
        ("=?utf-8?q?abc", "=?utf-8?q?abc"),
        ("=?", "=?"),
        # what could break a line, a page or a database
        ("a\r\nBcc: eva@evil.test", "a Bcc: eva@evil.test"),
        ("=?utf-8?q?a=0D=0ABcc=3A_eva=40evil.test?=", "a Bcc: eva@evil.test"),
        ("=?utf-8?q?a=00b?=", "ab"),
        ("a\0b", "ab"),
        ("a\u2028b\x85c", "a b c"),
        ("factura\u202efdp.exe", "facturafdp.exe"),
        ("=?utf-8?b?4oCu?=gpj.exe", "gpj.exe"),
        ("=?utf-7?q?+2AA-?=", ""),
        ("  dos\t \tpalabras ", "dos palabras"),
        ("", ""),
    ],
)
def test_a_header_is_decoded(raw, shown):
    assert decoded(raw) == shown
    assert decoded(raw.encode("utf-8", "surrogatepass")) == shown


def test_raw_eight_bit_text_is_guessed():
    assert decoded("Póliza".encode("latin-1")) == "Póliza"
    assert decoded("Póliza".encode()) == "Póliza"
    assert decoded("Póliza".encode("latin-1").decode("ascii", "surrogateescape")) == "Póliza"
    assert decoded("=?utf-8?q?=C3=B3?= póliza".encode("latin-1")) == "ó póliza"


def test_a_header_of_the_standard_library_is_decoded():
    assert decoded(Header("Póliza", "utf-8")) == "Póliza"
    assert decoded(None) == ""


CHARSETS = ["utf-8", "utf-7", "utf-16", "koi8-r", "gb18030", "punycode", "idna", "hex", "x\0"]


@given(st.text(), st.sampled_from(CHARSETS))
@example("\ud800", "utf-8")
def test_no_header_breaks_a_line_or_a_database(text, charset):
    raw = text.encode("utf-8", "surrogatepass")
    for value in (text, raw, f"=?{charset}?b?{base64.b64encode(raw).decode()}?="):
        shown = decoded(value)
        shown.encode("utf-8")
        assert not set(shown) & set("\0\r\n\t\x0b\x0c\x1b\u2028\u2029\u202e\u2066")
        assert shown == " ".join(shown.split())


@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=30).filter(str.strip))
def test_what_the_standard_library_encodes_is_read_back(text):
    assert decoded(Header(text, "utf-8", maxlinelen=40).encode()) == decoded(text)


# Message-IDs


@pytest.mark.parametrize(
    ("field", "ids"),
    [
        ("<a@b.test>", ("a@b.test",)),
        (" <a@B.Test> ", ("a@b.test",)),
        ("<Aa@B.Test>", ("Aa@b.test",)),
        ("<a@b.test> <c@d.test>", ("a@b.test", "c@d.test")),
        ("<a@b.test><c@d.test>", ("a@b.test", "c@d.test")),
        ("<a@b.test>,\r\n\t<c@d.test>", ("a@b.test", "c@d.test")),
        ("<a@b.test> <a@b.test>", ("a@b.test",)),
        ("<a@\r\n b.test>", ("a@b.test",)),
        ("<a b@c.test>", ("ab@c.test",)),
        ("a@b.test", ("a@b.test",)),
        ("a@b.test c@d.test", ("a@b.test", "c@d.test")),
        ("(comentario) <a@b.test>", ("a@b.test",)),
        ("<sin-arroba>", ("sin-arroba",)),
        ('<"a@b"@c.test>', ('"a@b"@c.test',)),
        ("<a@b.test", ("a@b.test",)),
        ("Mensaje de ana@cliente.test del martes", ()),
        ("<>", ()),
        ("< >", ()),
        ("", ()),
        ("<a\0\x01@b.test>", ("a@b.test",)),
        ("=?utf-8?q?=3Ca=40b=2Etest=3E?=", ("a@b.test",)),
    ],
)
def test_ids_are_read(field, ids):
    assert message_ids(field) == ids
    assert message_ids(field.encode()) == ids


def test_a_long_id_is_told_by_its_hash():
    long = "x" * 300 + "@b.test"
    (found,) = message_ids(f"<{long}>")
    assert found.startswith("sha256:")
    assert len(found) == 71
    assert (found,) == message_ids(f"<{long.replace('b.test', 'B.TEST')}>")
    assert (found,) != message_ids(f"<y{long}>")
    assert len(message_ids("<" + "x" * 248 + "@b.test>")[0]) == 255


def test_of_very_many_ids_the_first_and_the_last_stay():
    ids = message_ids("".join(f"<{number}@b.test>" for number in range(100_000)))
    assert len(ids) == 200
    assert ids[0] == "0@b.test"
    assert ids[-1] == "99999@b.test"


@given(st.text() | st.binary())
def test_no_field_makes_a_bad_id(field):
    for one in message_ids(field):
        assert 0 < len(one) <= 255
        assert not any(character.isspace() or character < " " for character in one)
        one.encode("utf-8")
        assert message_ids(f"<{one}>") == (one,) or "<" in one or ">" in one


# Dates

ARRIVED = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "moment"),
    [
        ("Tue, 3 Mar 2026 09:00:00 +0000", datetime(2026, 3, 3, 9, 0, tzinfo=UTC)),
        ("Tue, 3 Mar 2026 09:00:00 -0500", datetime(2026, 3, 3, 14, 0, tzinfo=UTC)),
        ("3 Mar 2026 09:00 GMT", datetime(2026, 3, 3, 9, 0, tzinfo=UTC)),
        ("Tue, 03 Mar 26 09:00:00 EST", datetime(2026, 3, 3, 14, 0, tzinfo=UTC)),
        ("Tue, 3 Mar 2026 09:00:00 -0000", datetime(2026, 3, 3, 9, 0, tzinfo=UTC)),
        ("Tue, 3 Mar 2026 09:00:00", datetime(2026, 3, 3, 9, 0, tzinfo=UTC)),
        ("Tue, 3 Mar 2026 09:00:00 +0100 (CET)", datetime(2026, 3, 3, 8, 0, tzinfo=UTC)),
        ("Tue,\r\n 3 Mar 2026 09:00:00 +0000", datetime(2026, 3, 3, 9, 0, tzinfo=UTC)),
        ("Mon, 27 May 2002 10:28:3 +0000", datetime(2002, 5, 27, 10, 28, 3, tzinfo=UTC)),
        ("Sat, 31 Dec 2016 23:59:60 +0000", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("Thu, 1 Jan 1970 00:00:00 +0000", datetime(1970, 1, 1, tzinfo=UTC)),
        ("Wed, 4 Mar 2026 11:59:00 +0000", datetime(2026, 3, 4, 11, 59, tzinfo=UTC)),
    ],
)
def test_a_date_is_read(field, moment):
    assert date(field, ARRIVED) == moment
    assert date(field.encode(), ARRIVED).tzinfo is UTC


@pytest.mark.parametrize(
    "field",
    [
        None,
        "",
        "mañana",
        b"ma\xf1ana",
        "Tue, 30 Feb 2026 09:00:00 +0000",
        "Tue, 3 Mar 2026 25:00:00 +0000",
        "Tue, 3 Mar 2026 09:00:00 +9999",
        "Tue, 3 Mar 99999999999999999999 09:00:00 +0000",
        "Wed, 31 Dec 1969 23:59:59 +0000",
        "Mon, 1 Jan 1601 00:00:00 +0000",
        "Fri, 1 Jan 2100 00:00:00 +0000",
        "Wed, 4 Mar 2026 12:00:01 +0000",
        "Fri, 31 Dec 9999 23:59:59 -1400",
        "\ud800",
        "0" * 1_000_000,
        ":" * 1_000_000,
    ],
)
def test_a_date_that_cannot_be_is_the_arrival(field):
    assert date(field, ARRIVED) == ARRIVED


def test_an_arrival_is_told_in_utc():
    there = datetime(2026, 3, 3, 7, 0, tzinfo=timezone(timedelta(hours=-5)))
    assert date("", there) == ARRIVED
    assert date("", there).tzinfo is UTC
    assert date("", None) is None


@given(st.text() | st.binary())
def test_no_date_fails(field):
    found = date(field, ARRIVED)
    assert datetime(1970, 1, 1, tzinfo=UTC) <= found <= ARRIVED + timedelta(days=1)


# The block of a scan


def test_a_block_is_split_into_unfolded_fields():
    block = (
        b"From: Ana <ana@cliente.test>\r\nTO: a@x.test,\r\n\tb@x.test,\r\n  c@x.test\r\n"
        b"Cc:\r\nto: d@x.test\r\nno header\r\n\r\nTo: in the body\r\n"
    )
    fields = address_headers(block)
    assert fields["from"] == b"Ana <ana@cliente.test>"
    assert fields["to"].split() == b"a@x.test, b@x.test, c@x.test, d@x.test".split()
    assert fields.get("cc", b"") == b""
    assert set(fields) <= {"from", "to", "cc"}


def test_bare_line_feeds_separate_fields_too():
    assert address_headers(b"From: a@x.test\nTo: b@x.test\n c\n") == {
        "from": b"a@x.test",
        "to": b"b@x.test c",
    }


def test_an_empty_block_has_no_fields():
    assert address_headers(b"") == {}
    assert address_headers(b"\r\n") == {}


@given(st.binary())
def test_no_block_fails(block):
    for name, value in address_headers(block).items():
        assert name == name.lower()
        assert isinstance(value, bytes)


# Time


@pytest.mark.parametrize(
    "piece",
    [
        *("=?utf-8?q?", "=?utf-8?q?a", "=?u?q?=", "=?u?b?a?= ", "=?", "?=", "=", "?", "=?=x?q?a"),
        *("\ud800", "\xf1", "\r\n ", "\0", "\x01", "<", "<>", "<a@b>", ">", "@ ", "a@b "),
    ],
)
@pytest.mark.parametrize("read", [decoded, message_ids])
def test_a_header_is_read_in_time_in_proportion(read, piece):
    assert is_linear(read, lambda size: piece * size, 25_000)


@pytest.mark.parametrize(
    "piece", [b"To: a@b.test\r\n", b"To:\r\n", b"\r\n ", b"T:a\r\n \r\n", b":", b"\n", b"\r"]
)
def test_a_block_is_read_in_time_in_proportion(piece):
    assert is_linear(address_headers, lambda size: b"From: x\r\n" + piece * size, 25_000)
