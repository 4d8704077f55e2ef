"""Headers, details, bodies and changes of messages: from a real server, and from odd ones."""

import io
import tracemalloc

import pytest

from escala_email_plugin.servers.credentials import Credentials
from escala_email_plugin.servers.imap import Detail, ImapSession, ProtocolTrouble, Server, Throttled
from tests.making import DAY, letter

from .fixtures import EXAMINED

QRESYNC = "ENABLE CONDSTORE QRESYNC"


@pytest.fixture
def filled(mailbox):
    """Five messages, UIDs 1 to 5."""
    for number in range(1, 6):
        mailbox.append(letter(message_id=f"{number}@Example.TEST"), when=DAY)
    return mailbox


@pytest.mark.dovecot
def test_the_highest_uid_is_found_without_uidnext(filled):
    filled.expunge(2)
    with filled.session() as session:
        assert session.highest_uid(session.examine("INBOX").exists) == 5
        assert session.highest_uid(session.examine("Sent").exists) == 0


@pytest.mark.dovecot
def test_the_server_tells_what_vanished_since(filled):
    with filled.session() as session:
        modseq = session.examine("INBOX").highestmodseq
    filled.expunge(2, 5)
    with filled.session() as session:
        now = session.examine("INBOX").highestmodseq
        assert session.vanished([1, 2, 3, 4, 5], modseq) == {2, 5}
        assert session.vanished([1, 2, 3], modseq) == {2}
        assert session.vanished([1, 3], modseq) == set()
        assert session.vanished([1, 2, 3, 4, 5], now) == set()
        assert session.vanished([], modseq) == set()
        assert session.vanished([1, 2], 0) is None


@pytest.mark.dovecot
def test_what_vanishes_while_the_folder_is_open_is_told_too(filled):
    with filled.session() as session:
        modseq = session.examine("INBOX").highestmodseq
        filled.expunge(3)
        assert session.vanished([1, 2, 3, 4, 5], modseq) == {3}
        assert session.uids(1, 100) == [1, 2, 4, 5]
        assert session.bodies([3, 4]).keys() == {4}


@pytest.mark.dovecot
def test_details_hold_size_arrival_and_message_id(filled):
    bare = b"From: a@b.c\r\n\r\nno id\r\n"
    filled.append(bare, when=DAY)
    with filled.session() as session:
        session.examine("INBOX")
        details = session.details([1, 6, 7])
    size = len(letter(message_id="1@Example.TEST"))
    assert details == {1: Detail(size, DAY, "1@example.test"), 6: Detail(len(bare), DAY)}


@pytest.mark.dovecot
def test_a_glance_shows_what_people_know_a_message_by(mailbox):
    mailbox.append(letter(cc="c@x.test", bcc="d@x.test", received="from x", reply_to="1@x.test"))
    with mailbox.session() as session:
        session.examine("INBOX")
        text = session.glance([1, 2])[1].decode()
    names = {line.split(":")[0] for line in text.split("\r\n") if line}
    assert names == {"From", "To", "cc", "bcc", "Subject", "Date", "Message-ID"}


@pytest.mark.dovecot
def test_a_large_message_goes_into_a_file_piece_by_piece(mailbox):
    big = letter() + b"x" * 3_000_000
    mailbox.append(big)
    file = io.BytesIO()
    with mailbox.session() as session:
        session.examine("INBOX")
        before = session.traffic.copy()
        assert session.body_into(1, len(big), file) == len(big)
        assert (session.traffic - before).commands == 3
    assert file.getvalue() == big


@pytest.mark.dovecot
@pytest.mark.parametrize("mode", ["tls", "starttls"])
def test_traffic_counts_what_was_sent_and_came(filled, mode):
    port = filled.dovecot.imaps if mode == "tls" else filled.dovecot.imap
    with ImapSession(Server("localhost", port, mode), Credentials(filled.user, filled.password)) as session:
        opened = session.traffic.copy()
        assert opened.commands >= 2
        session.examine("INBOX")
        before = session.traffic.copy()
        bodies = session.bodies([1, 2, 3, 4, 5])
        cost = session.traffic - before
    assert cost.commands == 1
    assert cost.bytes_in > sum(map(len, bodies.values()))
    assert 0 < cost.bytes_out < 100
    assert 0 < cost.seconds < 10
    assert (before + cost).bytes_in == before.bytes_in + cost.bytes_in


@pytest.fixture
def resyncing(opened):
    """resyncing(*lines, result=…): a session with QRESYNC and a folder open; lines answer its first FETCH."""

    def start(*lines, result="OK done"):
        def script(peer):
            peer.answer("ENABLE QRESYNC", "* ENABLED QRESYNC")
            peer.answer("EXAMINE", *EXAMINED, "* OK [HIGHESTMODSEQ 50]")
            peer.answer("UID FETCH", *lines, result=result)
            peer.answer("UID SEARCH", "* SEARCH 1")

        session = opened(script, QRESYNC)
        session.examine("INBOX")
        return session

    return start


def test_the_question_is_about_uids_we_know_and_nothing_else(resyncing):
    session = resyncing("* VANISHED (EARLIER) 1")
    assert session.vanished([1, 2, 3, 9], 40) == {1}
    assert session.server_lines[-1].endswith("UID FETCH 1:3,9 (FLAGS) (CHANGEDSINCE 40 VANISHED)")


@pytest.mark.parametrize(
    ("lines", "gone"),
    [
        ([], set()),
        (["* VANISHED (EARLIER) 1:2,7"], {1, 2, 7}),
        (["* VANISHED 3", "* VANISHED (EARLIER) 9"], {3, 9}),
        (["* VANISHED (EARLIER) 9:7"], {7, 9}),
        (["* VANISHED (EARLIER) 4,5,6,100:200"], set()),
        (["* VANISHED (EARLIER) 1:4294967295"], {1, 2, 3, 7, 9}),
        (["* 1 FETCH (UID 1 FLAGS (\\Seen) MODSEQ (45))", "* VANISHED (EARLIER) 2", "* 4 EXISTS"], {2}),
    ],
)
def test_what_vanished_is_read_however_it_is_told(resyncing, lines, gone):
    assert resyncing(*lines).vanished([1, 2, 3, 7, 9], 40) == gone


def test_ranges_of_four_thousand_millions_are_never_expanded(resyncing):
    lines = [f"* VANISHED (EARLIER) {n}:4294967295" for n in range(1, 2000)]
    session = resyncing(*lines)
    tracemalloc.start()
    try:
        assert session.vanished(range(5, 15), 40) == set(range(5, 15))
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "line",
    [
        "* VANISHED",
        "* VANISHED (EARLIER)",
        "* VANISHED (EARLIER) 1:*",
        "* VANISHED one",
        "* VANISHED {1}\r\n1",
    ],
)
def test_a_vanished_that_is_none_is_protocol_trouble(resyncing, line):
    with pytest.raises(ProtocolTrouble) as caught:
        resyncing(line).vanished([1, 2, 3], 40)
    assert caught.value.code == "bad_answer"


@pytest.mark.parametrize("refusal", ["BAD no mod-sequences here", "NO [NOMODSEQ] none"])
def test_a_folder_without_mod_sequences_is_no_trouble(resyncing, refusal):
    session = resyncing(result=refusal)
    assert session.vanished([1], 40) is None
    assert session.uids(1, 5) == [1]


def test_a_server_that_wants_peace_is_left_in_peace_there_too(resyncing):
    with pytest.raises(Throttled):
        resyncing(result="BAD User is authenticated but not connected.").vanished([1], 40)


@pytest.mark.parametrize(
    ("lines", "result"),
    [([], "OK done"), (["* ENABLED"], "OK done"), (["* ENABLED CONDSTORE"], "OK done"), ([], "BAD what?")],
)
def test_a_server_that_does_not_do_what_it_offers_is_asked_otherwise(opened, lines, result):
    def script(peer):
        peer.answer("ENABLE QRESYNC", *lines, result=result)
        peer.answer("EXAMINE", *EXAMINED)
        peer.answer("EXAMINE", *EXAMINED)

    session = opened(script, QRESYNC)
    for _ in range(2):
        session.examine("INBOX")
        assert session.vanished([1, 2], 40) is None


@pytest.mark.parametrize("capabilities", ["", "CONDSTORE", "ENABLE CONDSTORE", "QRESYNC"])
def test_a_server_that_does_not_offer_it_is_not_asked(opened, capabilities):
    session = opened(lambda peer: peer.answer("EXAMINE", *EXAMINED), capabilities)
    session.examine("INBOX")
    assert session.vanished([1, 2], 40) is None


def test_vanished_in_place_of_expunge_disturbs_no_other_command(opened):
    noise = ("* VANISHED (EARLIER) 1:5", "* VANISHED 6,8", "* OK [HIGHESTMODSEQ 60]")

    def script(peer):
        peer.answer("ENABLE QRESYNC", "* ENABLED QRESYNC")
        peer.answer("EXAMINE", *EXAMINED, "* OK [HIGHESTMODSEQ 50]", *noise)
        peer.answer("UID SEARCH", *noise, "* SEARCH 9")
        peer.answer("UID FETCH", *noise, "* 1 FETCH (UID 9 BODY[] {2}\r\nhi MODSEQ (55))", *noise)
        peer.answer("STATUS", *noise, "* STATUS INBOX (MESSAGES 3)", *noise)
        peer.answer("NOOP", *noise)
        peer.answer("UID SEARCH", "* SEARCH 9")
        peer.answer("FETCH 3 (UID)", *noise, "* 3 FETCH (UID 12)")
        peer.answer("UID FETCH", *noise, "* 1 FETCH (UID 9 RFC822.SIZE 2 INTERNALDATE NIL MODSEQ (55))")

    session = opened(script, QRESYNC)
    assert session.examine("INBOX").highestmodseq == 50
    assert session.uids(1, 20) == [9]
    assert session.bodies([9]) == {9: b"hi"}
    assert session.status("INBOX").exists == 3
    assert session.present([9, 8]) == {9}
    assert session.highest_uid(3) == 12
    assert session.details([9]) == {9: Detail(2, None)}


@pytest.mark.parametrize(
    "lines",
    [
        ["* 3 FETCH (UID 12)"],
        ["* 2 FETCH (UID 99)", "* 3 FETCH (FLAGS (\\Seen))", "* 3 FETCH (UID 12 FLAGS ())"],
        ["* 3 FETCH (FLAGS (\\Seen) uid 12)", "* 4 EXISTS"],
    ],
)
def test_the_highest_uid_is_that_of_the_last_message(opened, lines):
    def script(peer):
        peer.answer("EXAMINE", *EXAMINED)
        peer.answer("FETCH 3 (UID)", *lines)

    session = opened(script)
    assert session.highest_uid(session.examine("INBOX").exists) == 12


@pytest.mark.parametrize(
    ("lines", "result"),
    [
        ([], "OK nothing"),
        (["* 3 FETCH (FLAGS ())"], "OK done"),
        (["* 2 FETCH (UID 12)"], "OK done"),
        (["* 3 FETCH (UID 0)"], "OK done"),
        (["* 3 FETCH (UID 4294967296)"], "OK done"),
        ([], "BAD Invalid messageset"),
    ],
)
def test_a_highest_uid_that_is_not_told_is_not_taken_for_none(opened, lines, result):
    def script(peer):
        peer.answer("EXAMINE", *EXAMINED)
        peer.answer("FETCH 3 (UID)", *lines, result=result)

    session = opened(script)
    session.examine("INBOX")
    with pytest.raises(ProtocolTrouble):
        session.highest_uid(3)


def test_an_empty_folder_is_not_asked_for_its_highest_uid(opened):
    session = opened(lambda peer: peer.answer("EXAMINE", "* 0 EXISTS"))
    assert session.highest_uid(session.examine("INBOX").exists) == 0


def test_a_file_holds_what_came_before_the_trouble(opened):
    def script(peer):
        peer.answer("EXAMINE", *EXAMINED)
        first = f"* 1 FETCH (UID 1 BODY[]<0> {{{2**20}}}\r\n{'x' * 2**20})"
        peer.answer("UID FETCH 1 (UID BODY.PEEK[]<0.", first)
        peer.answer("UID FETCH 1 (UID BODY.PEEK[]<1048576.")

    session = opened(script)
    session.examine("INBOX")
    file = io.BytesIO()
    with pytest.raises(ProtocolTrouble) as caught:
        session.body_into(1, 2**21, file)
    assert caught.value.code == "vanished"
    assert len(file.getvalue()) == 2**20
