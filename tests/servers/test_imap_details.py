"""What FETCH tells of a message, however servers write it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escala_email_plugin.servers.imap import Detail, ProtocolTrouble
from escala_email_plugin.servers.imap_details import _read, details
from escala_email_plugin.servers.imap_fetch import parsed

from .fixtures import EXAMINED

ARRIVED = datetime(1996, 7, 17, 9, 44, 25, tzinfo=UTC)
DATE = b'INTERNALDATE "17-Jul-1996 02:44:25 -0700"'
HEADER = b"BODY[HEADER.FIELDS (MESSAGE-ID)] {21}\r\nMessage-ID: <a@B>\r\n\r\n"


@pytest.mark.parametrize(
    "line",
    [
        b"(UID 1 RFC822.SIZE 42 %b %b)" % (DATE, HEADER),
        b"(%b UID 1 RFC822.SIZE 42 %b)" % (HEADER, DATE),
        b"(FLAGS (\\Seen $x) uid 1 modseq (12) rfc822.size 42 internaldate %b %b)"
        % (DATE.split(b" ", 1)[1], HEADER),
        b'(UID 1 RFC822.SIZE 42 %b BODY[HEADER.FIELDS ("MESSAGE-ID")] {20}\r\nMessage-ID:  <a@b>\r\n)' % DATE,
        b'(UID 1 RFC822.SIZE 42 %b BODY[HEADER.FIELDS (Message-Id)] "Message-ID: <a@b>")' % DATE,
    ],
)
def test_details_are_read_however_the_server_orders_them(fetching, line):
    assert fetching(b"* 1 FETCH %b\r\n" % line).details([1]) == {1: Detail(42, ARRIVED, "a@b")}


def told(opened, capabilities, answer):
    """The details of UID 1 as a server with these capabilities gives them, and what it was asked."""

    def script(peer):
        peer.answer("EXAMINE", *EXAMINED)
        tag, command = peer.command()
        asked.append(command)
        peer.raw(b"* 1 FETCH (UID 1 RFC822.SIZE 42 %b)\r\n" % answer)
        peer.send(f"{tag} OK done")

    asked = []
    session = opened(script, capabilities)
    session.examine("INBOX")
    return session.details([1])[1], asked[0]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (b"()", ()),
        (
            b'("\\\\Inbox" "\\\\Sent" Important "Muy Importante")',
            ("\\Inbox", "\\Sent", "Important", "Muy Importante"),
        ),
        (b'("A&APE-o" "a \\"quoted\\" one" 7 "(")', ("Año", 'a "quoted" one', "7", "(")),
        (b"(\\Inbox {4}\r\nA (b)", ("\\Inbox", "A (b")),
        (b'("a\tb" "")', ("a b",)),
        (b"NIL", ()),
        (b"Important", ()),
    ],
)
def test_gmails_ids_and_labels_are_read(opened, labels, expected):
    answer = b"X-GM-MSGID 1278455344230334865 X-GM-THRID 1266894439832287888 X-GM-LABELS " + labels
    detail, asked = told(opened, "X-GM-EXT-1 OBJECTID", answer)
    assert detail == Detail(42, None, "", "1278455344230334865", "1266894439832287888", expected)
    assert "X-GM-MSGID X-GM-THRID X-GM-LABELS" in asked


@pytest.mark.parametrize(
    ("answer", "ids"),
    [
        (b"EMAILID (M6d99ac3275bb4e) THREADID (T64b478a75b7ea9)", ("M6d99ac3275bb4e", "T64b478a75b7ea9")),
        (b"EMAILID (M-1_) THREADID NIL", ("M-1_", "")),
        (b"EMAILID (7) THREADID ()", ("7", "")),
        (b"EMAILID M1 THREADID (a b)", ("M1", "a")),
        (b"EMAILID (" + b"x" * 256 + b") THREADID (\xf1)", ("", "")),
        (b"FLAGS ()", ("", "")),
    ],
)
def test_object_ids_are_read_where_they_are_offered(opened, answer, ids):
    detail, asked = told(opened, "OBJECTID", answer)
    assert (detail.provider_id, detail.provider_thread) == ids
    assert "EMAILID THREADID" in asked


def test_a_server_without_ids_is_not_asked_for_any(opened):
    detail, asked = told(opened, "", b"FLAGS ()")
    assert detail == Detail(42, None)
    assert "X-GM" not in asked
    assert "EMAILID" not in asked


def test_labels_are_bounded_in_number_and_length(opened):
    labels = b" ".join(b"l%d" % n for n in range(5000)) + b" " + b"x" * 5000
    detail, _asked = told(opened, "X-GM-EXT-1", b"X-GM-LABELS (%b)" % labels)
    assert len(detail.labels) == 500
    detail, _asked = told(opened, "X-GM-EXT-1", b"X-GM-LABELS (%b)" % (b"x" * 5000))
    assert len(detail.labels[0]) == 1000


@pytest.mark.parametrize(
    "line",
    [
        b"UID 1 RFC822.SIZE 99999999999999999999",
        b"UID 1 RFC822.SIZE NIL",
        b"UID 1 RFC822.SIZE big",
        b'UID 1 RFC822.SIZE "42"',
        b"UID 1 INTERNALDATE NIL",
    ],
)
def test_a_message_without_a_size_is_one_the_server_said_nothing_of(fetching, line):
    assert fetching(b"* 1 FETCH (%b)\r\n" % line).details([1]) == {}


@pytest.mark.parametrize(
    "line",
    [
        b"(UID 1 RFC822.SIZE)",
        b"(UID one RFC822.SIZE 42)",
        b"(UID 1 RFC822.SIZE 42",
        b"(UID 1 RFC822.SIZE 42))))) ((",
        b"UID 1 RFC822.SIZE 42",
        b'(UID 1 RFC822.SIZE 42 INTERNALDATE "17-Jul)',
        b"(UID 1 RFC822.SIZE 42 BODY[HEADER.FIELDS (MESSAGE-ID)] {99})",
        b"(UID 1 RFC822.SIZE 42 BODY[2.MIME])",
        b"(UID 1 RFC822.SIZE 42 X (" + b"(" * 5000 + b")" * 5000 + b"))",
    ],
    ids=lambda line: str(line[:50]),
)
def test_nonsense_is_protocol_trouble(fetching, line):
    with pytest.raises(ProtocolTrouble) as caught:
        fetching(b"* 1 FETCH %b\r\n" % line).details([1])
    assert caught.value.code == "bad_answer"


def test_two_lines_about_one_message_are_put_together(fetching):
    session = fetching(
        b"* 1 FETCH (UID 1 RFC822.SIZE 42 %b)\r\n" % DATE,
        b"* 1 FETCH (UID 1 %b)\r\n" % HEADER,
        b"* 1 FETCH (FLAGS (\\Seen))\r\n",
        b"* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n",
    )
    assert session.details([1]) == {1: Detail(42, ARRIVED, "a@b")}


ATOM = st.text("ABCxyz019$-_\\", min_size=1, max_size=8).map(str.encode)
QUOTED = st.text(' aB"\\()[]{}1ñ', max_size=8).map(
    lambda text: b'"' + text.replace("\\", "\\\\").replace('"', '\\"').encode() + b'"'
)
LIST = st.lists(ATOM | QUOTED, max_size=4).map(lambda parts: b"(" + b" ".join(parts) + b")")
KEY = st.sampled_from([b"A", b"B.C", b"BODY[X (Y Z)]"])
NUMBER = st.integers(0, 2**63).map(lambda number: b"%d" % number)
LITERAL = st.binary(max_size=20).map(lambda data: (b"{%d}" % len(data), data))


@given(
    st.lists(st.tuples(st.sampled_from([b"A", b"B.C", b"BODY[X (Y Z)]"]), NUMBER | QUOTED | LIST | LITERAL))
)
def test_the_quick_reading_is_that_of_the_slow_one(items):
    line, text = [], b"3 (UID 7"
    for key, value in items:
        text += b" " + key + b" "
        if isinstance(value, tuple):
            line.append((text + value[0], value[1]))
            text = b""
        else:
            text += value
    line.append(text + b")")
    slow = {key: value for key, value in parsed(line)[7].items() if key != b"SEQ"}
    quick = _read(line)
    assert quick is not None
    del quick[7][b"UID"]
    assert normal(quick[7]) == normal(slow)


def normal(items):
    """IMAPClient makes numbers of digits and None of NIL also inside lists."""

    def one(value):
        if isinstance(value, tuple):
            return tuple(one(part) for part in value)
        return b"%d" % value if isinstance(value, int) else b"NIL" if value is None else value

    return {key: one(value) for key, value in items.items()}


def test_an_answer_without_messages_has_no_details():
    assert details([None]) == {}
