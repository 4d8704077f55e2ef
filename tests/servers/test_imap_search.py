"""What is looked for, in a real mailbox and at odd servers."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escala_email_plugin.servers.imap import ProtocolTrouble, Throttled
from escala_email_plugin.servers.imap_search import _queries
from tests.making import letter

from .fixtures import EXAMINED
from .gmail_grammar import tokens


@pytest.mark.dovecot
def test_messages_are_found_by_the_addresses_they_name(mailbox):
    mailbox.append(letter("carol@example.test"))
    mailbox.append(letter(cc="Carol <CAROL@example.test>"))
    mailbox.append(letter(bcc="dave@example.test"))
    mailbox.append(letter(subject="carol@example.test"))
    with mailbox.session() as session:
        session.examine("INBOX")
        assert session.search(1, 100, ["carol@example.test"]) == [1, 2]
        assert session.search(2, 100, ["carol@example.test", "dave@example.test"]) == [2, 3]
        assert session.search(1, 1, ["dave@example.test"]) == []
        assert session.search(1, 100, []) == []
        assert session.search(5, 4, ["lucia@andina.test"]) == []


@pytest.mark.dovecot
def test_hundreds_of_addresses_are_looked_for_in_few_commands_of_bounded_length(mailbox):
    for sender in ("person399", "person7", "somebody"):
        mailbox.append(letter(f"{sender}@example.test"))
    with mailbox.session() as session:
        session.examine("INBOX")
        before = session.traffic.copy()
        assert session.search(1, 100, (f"person{number}@example.test" for number in range(400))) == [1, 2]
        cost = session.traffic - before
        assert cost.commands < 12
        assert cost.bytes_out < 8192 * cost.commands


@pytest.mark.dovecot
@pytest.mark.parametrize(
    "address",
    ["o'neil+tag@example.test", '" OR ALL "@example.test', "%*(){}[]@example.test", "\\@example.test"],
)
def test_an_odd_address_finds_nobody_elses_mail(mailbox, address):
    mailbox.append(letter("somebody@example.test"))
    mailbox.append(letter("o'neil+tag@example.test"))
    with mailbox.session() as session:
        session.examine("INBOX")
        assert session.search(1, 100, [address]) == ([2] if "neil" in address else [])
        assert session.find(address=address) == ([2] if "neil" in address else [])


@pytest.mark.dovecot
def test_messages_are_found_by_subject_and_message_id(mailbox):
    mailbox.append(letter(subject="Póliza “nueva” 日本語", message_id="7@x.test"))
    mailbox.append(letter(subject="Poliza vieja", message_id="8@x.test"))
    mailbox.append(letter("José <jose@x.test>", subject="Otra póliza", message_id="9@x.test"))
    with mailbox.session() as session:
        session.examine("INBOX")
        assert session.find(subject="PÓLIZA") == [1, 3]
        assert session.find(subject="vieja") == [2]
        assert session.find(subject="日本語") == [1]
        assert session.find(message_id="8@x.test") == [2]
        assert session.find(subject="póliza", message_id="<9@x.test>") == [3]
        assert session.find(subject="póliza", message_id="<8@x.test>") == []
        assert session.find(address="josé") == [3]
        assert session.find() == []


@pytest.mark.dovecot
def test_what_is_still_there_is_told_from_what_is_gone(mailbox):
    for minutes in range(5):
        mailbox.append(letter(minutes=minutes))
    with mailbox.session() as session:
        session.examine("INBOX")
        mailbox.expunge(2, 5)
        assert session.present([1, 2, 3, 5, 99, 4_000_000_000]) == {1, 3}
        before = session.traffic.copy()
        assert session.present([]) == set()
        assert session.traffic == before


@pytest.fixture
def searched(opened):
    """searched(script): a session with a folder open, whose next commands ``script(peer)`` answers."""

    def start(script):
        def whole(peer):
            peer.answer("EXAMINE", *EXAMINED)
            script(peer)

        session = opened(whole)
        session.examine("INBOX")
        return session

    return start


HOSTILE = ["a\r\nA1 DELETE INBOX", "a\nb", "a\rb", "a\0b", "\x7f", "a\ud800b", "x" * 1001]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_no_text_can_become_a_command(searched, text):
    def script(peer):
        peer.answer("NOOP")
        peer.answer("UID SEARCH UID 1")

    session = searched(script)
    before = len(session.server_lines)
    for ask in (
        lambda: session.search(1, 10, ["ann@example.test", text]),
        lambda: session.find(subject=text),
        lambda: session.find(message_id=text),
        lambda: session.find(address=text),
    ):
        with pytest.raises(ValueError, match="searched for"):
            ask()
    assert len(session.server_lines) == before
    assert session.present([1]) == set()


@pytest.mark.parametrize("address", ["", "josé@example.test", "a@例え.test"])
def test_only_ascii_addresses_are_searched_for(searched, address):
    with pytest.raises(ValueError, match="searched for"):
        searched(lambda peer: None).search(1, 10, [address])


def test_whatever_imaplib_is_given_must_stay_one_command(opened):
    session = opened(lambda peer: peer.wait())
    with session._operation() as client:
        for argument in ("a\r\nA1 NOOP", b"a\nb", "a\0"):
            with pytest.raises(ValueError, match="control character"):
                client.protocol.list('""', argument)
    assert not [line for line in session.server_lines if "LIST" in line]


@given(st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=300)))
def test_every_address_is_asked_for_once_in_each_field_and_as_it_is(addresses):
    asked = []
    for query in _queries(addresses):
        assert len(query) < 8000
        asked += keys(tokens(query.encode() + b"\r\n"))
    fields = (b"FROM", b"TO", b"CC", b"BCC")
    assert sorted(asked) == sorted((field, one.encode()) for one in set(addresses) for field in fields)


def keys(words):
    """The (field, text) pairs under the ORs of a search; nothing may be left over."""
    found = []

    def key():
        word = words.pop(0)
        if word == b"OR":
            key()
            key()
        else:
            found.append((word, words.pop(0)))

    key()
    assert not words
    return found


def test_the_tree_of_alternatives_is_shallow():
    (query,) = _queries(f"{number}@x.test" for number in range(60))
    assert max(len(run.split()) for run in re.findall(r"(?:OR )+", query)) <= 8


def test_only_what_is_in_the_window_or_was_asked_for_is_believed(searched):
    def script(peer):
        peer.answer("UID SEARCH UID 5:9 OR OR", "* SEARCH 4 5 9 10 4000000000", "* SEARCH 5 7 (MODSEQ 12)")
        peer.answer("NOOP")
        peer.answer("UID SEARCH UID 5:6,9", "* SEARCH 1 5 7 9")
        peer.answer("UID SEARCH SUBJECT", "* SEARCH 9 2 4")

    session = searched(script)
    assert session.search(5, 9, ["a@x.test"]) == [5, 7, 9]
    assert session.present([9, 5, 6]) == {5, 9}
    assert session.find(subject="x") == [2, 4, 9]


def test_other_scripts_go_as_literals(searched):
    sent = []

    def script(peer):
        tag, command = peer.command()
        sent.append(command)
        peer.send("+ go on")
        sent.append(peer.read(8))
        peer.line()
        peer.send("* SEARCH 3", f"{tag} OK done")

    assert searched(script).find(subject="Pólizas") == [3]
    assert sent == ["UID SEARCH CHARSET UTF-8 SUBJECT {8}", "Pólizas".encode()]


def refusing(answer, *lines):
    """Refuses the literal, then answers ``lines`` to the next search."""

    def script(peer):
        tag, _command = peer.command()
        peer.send(f"{tag} {answer}")
        peer.answer('UID SEARCH SUBJECT "nueva y vieja,"', *lines)

    return script


@pytest.mark.parametrize("answer", ["NO [BADCHARSET (US-ASCII)] no", "BAD [BADCHARSET] no"])
def test_a_server_that_knows_only_ascii_is_asked_for_the_longest_ascii_words(searched, answer):
    assert searched(refusing(answer, "* SEARCH 3 4")).find(subject="Póliza nueva y vieja, año") == [3, 4]


def test_what_cannot_be_asked_is_not_taken_for_nothing_found(searched):
    with pytest.raises(ProtocolTrouble):
        searched(refusing("NO [BADCHARSET (US-ASCII)] no")).find(subject="日本語")
    with pytest.raises(Throttled):
        searched(refusing("NO [LIMIT] too many commands")).find(subject="日本語")


@pytest.mark.parametrize("question", ["uids", "search", "find", "present"])
def test_an_answer_of_a_hundred_thousand_numbers_is_trouble_and_no_crash(searched, question):
    # imaplib reads no line of more than a million bytes, which 130,000 UIDs need.
    line = "* SEARCH " + " ".join(map(str, range(4_000_000_000, 4_000_130_000)))

    def script(peer):
        while True:
            tag, command = peer.command()
            peer.send(*([line] if "SEARCH" in command else []), f"{tag} OK done")

    session = searched(script)
    asks = {
        "uids": lambda: session.uids(1, 4_294_967_295),
        "search": lambda: session.search(1, 4_294_967_295, ["a@x.test"]),
        "find": lambda: session.find(subject="x"),
        "present": lambda: session.present([1]),
    }
    with pytest.raises(ProtocolTrouble) as caught:
        asks[question]()
    assert caught.value.code == "too_big_answer"


def test_a_hundred_thousand_uids_are_asked_about_in_answers_that_fit(searched):
    asked = []

    def script(peer):
        peer.answer("NOOP")
        while True:
            tag, command = peer.command()
            low, _colon, high = command.split()[-1].partition(":")
            asked.append(int(high) - int(low) + 1)
            peer.send("* SEARCH " + " ".join(map(str, range(int(low), int(high) + 1))), f"{tag} OK done")

    session = searched(script)
    assert len(session.present(range(4_000_000_000, 4_000_120_000))) == 120_000
    assert max(asked) <= 50_000
