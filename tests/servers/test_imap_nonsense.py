"""Servers that answer nonsense, too much, or something nobody asked for."""

import resource
from datetime import UTC, datetime

import pytest

from escala_email_plugin.servers.credentials import Credentials
from escala_email_plugin.servers.imap import (
    Detail,
    FolderGone,
    FolderState,
    ImapSession,
    ListedFolder,
    ProtocolTrouble,
    Server,
    Throttled,
    Unreachable,
)

from .fixtures import EXAMINED


def test_a_huge_literal_is_refused_before_it_is_allocated(fetching):
    session = fetching(b"* 1 FETCH (UID 1 BODY[] {6000000000}\r\n")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ProtocolTrouble) as caught:
        session.bodies([1])
    assert caught.value.code == "too_big_answer"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # kB


def test_a_message_past_the_limit_is_refused_and_a_smaller_one_is_not(fetching, settings):
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "MAX_MESSAGE_BYTES": 2**20}
    raw = b"x" * 2**20
    assert fetching(b"* 1 FETCH (UID 1 BODY[] {%d}\r\n%b)\r\n" % (len(raw), raw)).bodies([1]) == {1: raw}
    flood = b"* 1 FETCH (FLAGS (%b))\r\n" % (b"x" * 1000) * 20_000
    with pytest.raises(ProtocolTrouble) as caught:
        fetching(flood).bodies([1])
    assert caught.value.code == "too_big_answer"


@pytest.mark.parametrize(
    "answer",
    [
        b"* 1 FETCH (UID 1 BODYSTRUCTURE " + b"(" * 20_000 + b")" * 20_000 + b")\r\n",
        b"* 1 FETCH (UID 1 BODY[] {3}\r\nabc\r\n",
        b'* 1 FETCH (UID 1 BODY[] "abc\r\n',
        b"* 1 FETCH (UID one BODY[] NIL)\r\n",
        b"* 1 FETCH (UID 1 BODY[])\r\n",
        b"* 1 FETCH (UID 1 BODY[] (a b))\r\n",
        b"* 1 FETCH 7\r\n",
        b"* FETCH (UID 1)\r\n",
        b"* 1 FETCH (UID " + b"9" * 5000 + b" BODY[] NIL)\r\n",
        b"\xff\xfe nonsense\r\n",
        b"A9999 OK of somebody else's\r\n",
        b"* " + b"x" * 1_100_000 + b"\r\n",
        b"line without an end",
        b"\r\n",
        b"\0\r\n",
    ],
    ids=lambda answer: str(answer[:24]),
)
def test_an_answer_that_makes_no_sense_is_protocol_trouble(fetching, answer):
    with pytest.raises(ProtocolTrouble) as caught:
        fetching(answer).bodies([1])
    assert caught.value.code in ("bad_answer", "too_big_answer")


@pytest.mark.parametrize("result", ["OK", "OK ", "OK [HIGHESTMODSEQ 5]", "OK []"])
def test_a_result_needs_no_words(opened, result):
    def script(peer):
        peer.answer("EXAMINE", *EXAMINED, "* OK [HIGHESTMODSEQ 5]", result=result)
        peer.answer("UID SEARCH", "* SEARCH 1", result=result)
        peer.answer("UID FETCH", "* 1 FETCH (UID 1 BODY[] {3}\r\none)", result=result)

    session = opened(script)
    assert session.examine("INBOX") == FolderState(7, 9, 3, 5)
    assert session.uids(1, 5) == [1]
    assert session.bodies([1]) == {1: b"one"}


@pytest.mark.parametrize("result", ["NO", "BAD", "BAD "])
def test_a_refusal_needs_none_either(opened, result):
    with pytest.raises(FolderGone if result == "NO" else ProtocolTrouble):
        opened(lambda peer: refuse_all(peer, result)).examine("INBOX")


def refuse_all(peer, result):
    peer.answer("EXAMINE", result=result)
    peer.answer("LIST")


@pytest.mark.parametrize(
    "answer",
    [
        b"* 1 FETCH (UID 1 BODY[] {3}\r\none))\r\n",  # Domino: a bracket too many
        b"* 1 FETCH ((UID 1 BODY[] {3}\r\none))\r\n",
        b"* 1 FETCH (UID 1 BODY[2.MIME])\r\n",  # Yandex: a part without its value
        b"* 1 FETCH (UID 1 BODY[2.MIME] BODY[] {3}\r\none)\r\n",
    ],
)
def test_what_known_servers_write_wrongly_costs_a_message_and_not_the_account(fetching, answer):
    # Whoever asked goes on with a fresh session, and with the messages one by one.
    with pytest.raises(ProtocolTrouble) as caught:
        fetching(answer).bodies([1])
    assert caught.value.code == "bad_answer"


def test_an_extended_namespace_is_passed_over(opened):
    def script(peer):
        told = '* NAMESPACE (("" "/" "X-PARAM" ("FLAG1" "FLAG2"))) NIL (("#p/" "/"))'
        peer.answer("LIST", told, '* LIST () "/" INBOX', told)

    assert [folder.name for folder in opened(script).folders()] == ["INBOX"]


def test_a_stray_continuation_is_passed_over(fetching):
    session = fetching(b"+ go on\r\n* 1 FETCH (UID 1 BODY[] {3}\r\none)\r\n")
    assert session.bodies([1]) == {1: b"one"}


def test_text_of_a_message_is_not_taken_for_the_servers_word(fetching):
    # An answer out of step shows a stranger's mail; "too many" in it must not throttle the account.
    with pytest.raises(ProtocolTrouble) as caught:
        fetching(b"Too many connections, try again later\r\n").bodies([1])
    assert caught.value.code == "bad_answer"
    with pytest.raises(ProtocolTrouble):
        fetching(b'* 1 FETCH (UID 1 BODY[] "Too many connections\r\n').bodies([1])


def test_a_connection_that_ends_inside_a_fetch_is_protocol_trouble(opened):
    def script(peer):
        peer.answer("EXAMINE", *EXAMINED)
        peer.command()
        peer.raw(b"* 1 FETCH (UID 1 BODY[] {100}\r\nabc")
        peer.sock.close()
        raise ConnectionError

    session = opened(script)
    session.examine("INBOX")
    with pytest.raises(ProtocolTrouble) as caught:
        session.bodies([1])
    assert caught.value.code == "connection_lost"


def test_an_answer_cut_into_packets_is_read_whole(fetching):
    raw = b"* 1 FETCH (UID 1 BODY[] {11}\r\nhello\r\nyou!)\r\n"
    assert fetching(*(raw[at : at + 1] for at in range(len(raw)))).bodies([1]) == {1: b"hello\r\nyou!"}


def test_what_nobody_asked_about_is_left_out(fetching):
    session = fetching(
        b"* 5 FETCH (FLAGS (\\Seen))\r\n",
        b"* 4 EXISTS\r\n",
        b"* 2 FETCH (UID 2 BODY[] {3}\r\ntwo)\r\n",
        b"* 1 FETCH (UID 1 BODY[] {3}\r\none)\r\n",
        b"* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n",
        b"* VANISHED 3\r\n",
    )
    assert session.bodies([1]) == {1: b"one"}


def test_what_came_unasked_does_not_mix_with_the_next_answer(opened):
    def script(peer):
        peer.answer("EXAMINE", *EXAMINED)
        peer.answer("UID SEARCH", "* 1 FETCH (UID 1 BODY[] {5}\r\nstale)", "* SEARCH 1")
        peer.answer("UID FETCH", "* 2 FETCH (UID 2 BODY[] {5}\r\nfresh)")

    session = opened(script)
    session.examine("INBOX")
    assert session.uids(1, 10) == [1]
    assert session.bodies([1, 2]) == {2: b"fresh"}


@pytest.mark.parametrize(
    "answer",
    [
        b'* 1 FETCH (UID 1 BODY[HEADER.FIELDS ("FROM" "TO" "CC" "BCC")] {11}\r\nTo: a@b.c\r\n)\r\n',
        b"* 1 FETCH (BODY[HEADER.FIELDS (FROM TO CC BCC)] {11}\r\nTo: a@b.c\r\n UID 1)\r\n",
        b"* 1 FETCH (FLAGS () UID 1 BODY[HEADER.FIELDS (To)] {11}\r\nTo: a@b.c\r\n)\r\n",
        b"* 1 FETCH (uid 1 body[header.fields (from to cc bcc)] {11}\r\nTo: a@b.c\r\n)\r\n",
        b"* 1 FETCH (FLAGS ())\r\n"
        b"* 1 FETCH (UID 1 BODY[HEADER.FIELDS (FROM TO CC BCC)] {11}\r\nTo: a@b.c\r\n)\r\n",
    ],
)
def test_address_headers_are_read_however_the_server_words_them(fetching, answer):
    assert fetching(answer).address_headers([1]) == {1: b"To: a@b.c\r\n"}


def test_short_header_values_may_come_as_strings(fetching):
    first = b'* 1 FETCH (UID 1 BODY[HEADER.FIELDS (FROM)] "")\r\n'
    second = b"* 2 FETCH (UID 2 BODY[HEADER.FIELDS (FROM)] NIL)\r\n"
    assert fetching(first, second).address_headers([1, 2]) == {1: b"", 2: b""}


@pytest.mark.parametrize(
    ("date", "arrived"),
    [
        (b'"17-Jul-1996 02:44:25 -0700"', datetime(1996, 7, 17, 9, 44, 25, tzinfo=UTC)),
        (b'" 1-Jan-2020 00:00:00 +0000"', datetime(2020, 1, 1, tzinfo=UTC)),
        (b'"99-Foo-2020 00:00:00 +0000"', None),
        (b'"31-Dec-9999 23:00:00 -1400"', None),
        (b"NIL", None),
    ],
)
def test_the_arrival_is_in_utc_or_nothing(fetching, date, arrived):
    line = b"* 1 FETCH (UID 1 RFC822.SIZE 42 INTERNALDATE %b)\r\n" % date
    assert fetching(line).details([1]) == {1: Detail(42, arrived)}


def test_a_piece_longer_than_asked_for_is_refused(fetching):
    session = fetching(b"* 1 FETCH (UID 1 BODY[]<0> {9}\r\nxxxxxxxxx)\r\n")
    with pytest.raises(ProtocolTrouble) as caught:
        list(session.body_in_parts(1, 100, chunk=8))
    assert caught.value.code == "too_big_answer"


def test_a_message_without_end_is_given_up(opened):
    def script(peer):
        peer.answer("EXAMINE", *EXAMINED)
        offset = 0
        while offset < 1000:
            peer.answer("UID FETCH", f"* 1 FETCH (UID 1 BODY[]<{offset}> {{8}}\r\nxxxxxxxx)")
            offset += 8

    session = opened(script)
    session.examine("INBOX")
    with pytest.raises(ProtocolTrouble) as caught:
        list(session.body_in_parts(1, 16, chunk=8))
    assert caught.value.code == "too_big_answer"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((), []),
        (("* SEARCH",), []),
        (("* SEARCH 3 1 2",), [1, 2, 3]),
        (("* SEARCH 1 2", "* SEARCH 3 1"), [1, 2, 3]),
        (("* SEARCH 1 99 2 4000000000 (MODSEQ 917162500)",), [1, 2]),
    ],
)
def test_uids_are_sorted_single_and_in_the_window(opened, lines, expected):
    def script(peer):
        peer.answer("EXAMINE", *EXAMINED)
        peer.answer("UID SEARCH UID 1:50", *lines)

    session = opened(script)
    session.examine("INBOX")
    assert session.uids(1, 50) == expected


def test_a_window_of_sixty_thousand_fits_into_a_line(opened):
    def script(peer):
        peer.answer("EXAMINE", *EXAMINED)
        peer.answer("UID SEARCH", "* SEARCH " + " ".join(map(str, range(4_294_900_000, 4_294_960_000))))

    session = opened(script)
    session.examine("INBOX")
    assert len(session.uids(4_294_900_000, 4_294_959_999)) == 60_000


@pytest.mark.parametrize("line", ["* SEARCH 1 two", "* SEARCH -", "* SEARCH \xff"])
def test_uids_that_are_no_numbers_are_protocol_trouble(opened, line):
    def script(peer):
        peer.answer("EXAMINE", *EXAMINED)
        peer.answer("UID SEARCH", line)

    session = opened(script)
    session.examine("INBOX")
    with pytest.raises(ProtocolTrouble):
        session.uids(1, 50)


@pytest.mark.parametrize(
    "line",
    [
        "* OK [UIDVALIDITY -1] x",
        "* OK [UIDVALIDITY 4294967296] x",
        "* OK [UIDVALIDITY] x",
        "* OK [UIDNEXT soon] x",
        "* OK [HIGHESTMODSEQ 9223372036854775808] x",
        "* 4294967296 EXISTS",
    ],
)
def test_numbers_no_server_may_give_never_get_through(opened, line):
    session = opened(lambda peer: peer.answer("EXAMINE", line))
    with pytest.raises(ProtocolTrouble) as caught:
        session.examine("INBOX")
    assert caught.value.code == "bad_answer"


def test_uidvalidity_nought_or_missing_is_nought(opened):
    session = opened(lambda peer: peer.answer("EXAMINE", "* 1 EXISTS", "* OK [NOMODSEQ] none"))
    assert session.examine("INBOX") == FolderState(0, None, 1, None)


def test_status_is_read_with_modseq_where_the_server_has_it(hostile):
    def script(peer):
        peer.greet("IMAP4rev1 AUTH=PLAIN CONDSTORE")
        status = '* STATUS "Sent" (messages 5 UIDNEXT 9 UIDVALIDITY 7 HIGHESTMODSEQ 9223372036854775807)'
        peer.answer('STATUS "Sent" (MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ)', status)
        peer.wait()

    server = hostile(script)
    with ImapSession(
        Server("localhost", server.port, "tls"), Credentials("ann", "pw"), deadline=3
    ) as session:
        assert session.status("Sent") == FolderState(7, 9, 5, 2**63 - 1)


def test_folder_names_that_cannot_be_asked_for_are_left_out(opened):
    def script(peer):
        peer.answer(
            "LIST",
            '* LIST () "/" "INBOX"',
            '* LIST () "/" {6}\r\na\r\nb c',
            f'* LIST () "/" "{"x" * 1001}"',
            '* LIST () NIL "M&APw-nchen"',
            '* LIST (\\SENT) "." "&broken"',
            '* LIST () "." "\xc3\xb1and\xfa"',
        )

    assert opened(script).folders() == [
        ListedFolder("INBOX", "/", frozenset()),
        ListedFolder("München", "", frozenset()),
        ListedFolder("&broken", ".", frozenset({"\\sent"})),
        ListedFolder("Ã±andú", ".", frozenset()),
    ]


def test_a_name_the_server_spells_wrongly_is_sent_back_as_it_came(opened):
    def script(peer):
        peer.answer("LIST", '* LIST () "." "&broken"', '* LIST () "." "\xc3\xb1"')
        peer.answer('EXAMINE "&broken"', *EXAMINED)
        peer.answer('EXAMINE "\xc3\xb1"', *EXAMINED)

    session = opened(script)
    assert [folder.name for folder in session.folders()] == ["&broken", "ñ"]
    assert session.examine("&broken").exists == 3
    assert session.examine("ñ").exists == 3


@pytest.mark.parametrize(
    "line", ["* LIST", "* LIST ()", "* LIST a b c", '* LIST () "/" (', "* LIST (((((((("]
)
def test_a_list_that_is_none_is_protocol_trouble(opened, line):
    session = opened(lambda peer: peer.answer("LIST", line))
    with pytest.raises(ProtocolTrouble):
        session.folders()


@pytest.mark.parametrize(
    "answer",
    ["BAD User is authenticated but not connected.", "NO [LIMIT] slow down", "NO [UNAVAILABLE] try later"],
)
def test_a_server_that_wants_peace_is_left_in_peace(opened, answer):
    session = opened(lambda peer: peer.answer("EXAMINE", result=answer))
    with pytest.raises(Throttled) as caught:
        session.examine("INBOX")
    assert caught.value.code == "try_later"


def test_a_good_bye_says_why(opened):
    def script(peer):
        peer.command()
        peer.send("* BYE Too many connections for this user")
        raise ConnectionError

    with pytest.raises(Throttled) as caught:
        opened(script).folders()
    assert caught.value.code == "too_many_connections"


@pytest.mark.parametrize(
    ("greeting", "kind", "code"),
    [
        (b"* BYE Too many connections\r\n", Throttled, "too_many_connections"),
        (b"* BYE go away\r\n", Unreachable, "connection_lost"),
        (b"", Unreachable, "connection_lost"),
        (b"220 mail.example.test ESMTP\r\n", ProtocolTrouble, "not_imap"),
        (b"+OK POP3 ready\r\n", ProtocolTrouble, "not_imap"),
        (b"SSH-2.0-OpenSSH_9\r\n", ProtocolTrouble, "not_imap"),
        (b"\0\xff\r\n", ProtocolTrouble, "not_imap"),
        (b"x" * 2_000_000, ProtocolTrouble, "not_imap"),
    ],
)
def test_what_greets_like_no_imap_server_is_named(hostile, greeting, kind, code):
    def script(peer):
        peer.raw(greeting)

    server = hostile(script)
    with pytest.raises(kind) as caught:
        ImapSession(Server("localhost", server.port, "tls"), Credentials("ann", "pw"), deadline=2).__enter__()
    assert caught.value.code == code


def test_no_command_line_is_long_and_only_peeking_ones_are_sent(opened):
    def script(peer):
        peer.answer("EXAMINE", *EXAMINED)
        while True:
            tag, _command = peer.command()
            peer.send(f"{tag} OK done")

    session = opened(script)
    session.examine("INBOX")
    session.address_headers(range(1, 40_000, 2))
    session.bodies(range(4_000_000_000, 4_000_020_000, 3))
    lines = [line for line in session.server_lines if "FETCH" in line]
    assert max(map(len, lines)) < 8000
    assert all("BODY.PEEK[" in line for line in lines)
    assert not [line for line in session.server_lines if "SELECT" in line or "STORE" in line]


def test_no_set_of_uids_has_an_open_end(opened):
    # IMAPClient 4 fails over "5:*", and some servers hang.
    def script(peer):
        peer.answer("ENABLE", "* ENABLED QRESYNC")
        peer.answer("EXAMINE", *EXAMINED)
        while True:
            tag, command = peer.command()
            known = {"FETCH": "* 3 FETCH (UID 5 BODY[]<0> {1}\r\nx)", "UID SEARCH": "* SEARCH 5"}
            lines = [line for name, line in known.items() if command.startswith(name)]
            if "<0." in command:
                lines = [known["FETCH"]]
            peer.send(*lines, f"{tag} OK done")

    session = opened(script, "ENABLE QRESYNC")
    session.examine("INBOX")
    everything = [1, 2, 3, 5, 4_294_967_295]
    for read in (session.address_headers, session.glance, session.details, session.bodies, session.present):
        read(everything)
    list(session.body_in_parts(5, 10))
    session.uids(1, 4_294_967_295)
    session.search(1, 4_294_967_295, ["a@x.test"])
    session.find(subject="x")
    session.vanished(everything, 5)
    session.highest_uid(3)
    asked = [line for line in session.server_lines if "FETCH" in line or "SEARCH" in line]
    assert len(asked) == 11
    assert not [line for line in asked if "*" in line]
