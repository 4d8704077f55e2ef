"""What a real server says of folders, changes and searches."""

import io
from datetime import UTC, datetime

import pytest

from escala_email_plugin.servers.imap import Detail

pytestmark = pytest.mark.dovecot

DAY = datetime(2024, 2, 29, 12, 0, tzinfo=UTC)


def raw(sender="ann@example.test", subject="Hello", number=1, **fields) -> bytes:
    lines = [f"From: {sender}", "To: bob@example.test", f"Subject: {subject}"]
    lines += [f"{name}: {value}" for name, value in fields.items()]
    lines += [f"Message-ID: <{number}@Example.TEST>", "", "Hello.", ""]
    return "\r\n".join(lines).encode()


@pytest.fixture
def filled(mailbox):
    """Five messages, UIDs 1 to 5."""
    for number in range(1, 6):
        mailbox.append(raw(number=number), when=DAY)
    return mailbox


def expunge(mailbox, *uids, folder="INBOX"):
    """Behind the product's back."""
    other = mailbox.dovecot.client(mailbox.user)
    other.select(folder)
    other.uid("STORE", ",".join(map(str, uids)), "+FLAGS", "(\\Deleted)")
    other.expunge()
    other.logout()


def test_every_folder_comes_with_its_numbers_in_one_round_trip(filled):
    filled.append(raw(), folder="Año/ñandú & co")
    with filled.session() as session:
        before = session.traffic.copy()
        overview = {folder.name: (folder, state) for folder, state in session.overview()}
        assert (session.traffic - before).commands == 1
        assert overview["Sent"][0].flags == {"\\sent"}
        assert overview["INBOX"][1].exists == 5
        assert overview["Año/ñandú & co"][1].uidnext == 2
        for name, (folder, state) in overview.items():
            assert state == (None if "\\noselect" in folder.flags else session.status(name))


def test_a_folder_that_only_holds_others_has_no_numbers(mailbox):
    other = mailbox.dovecot.client(mailbox.user)
    other.create("Parent/Child")
    other.logout()
    with mailbox.session() as session:
        overview = {folder.name: state for folder, state in session.overview()}
    assert overview["Parent"] is None
    assert overview["Parent/Child"].exists == 0


def test_the_highest_uid_is_found_without_uidnext(filled):
    expunge(filled, 2)
    with filled.session() as session:
        assert session.highest_uid(session.examine("INBOX").exists) == 5
        assert session.highest_uid(session.examine("Sent").exists) == 0


def test_what_is_still_there_is_told_from_what_is_gone(filled):
    with filled.session() as session:
        session.examine("INBOX")
        expunge(filled, 2, 5)
        assert session.present([1, 2, 3, 5, 99, 4_000_000_000]) == {1, 3}
        assert session.present([]) == set()


def test_the_server_tells_what_vanished_since(filled):
    with filled.session() as session:
        modseq = session.examine("INBOX").highestmodseq
    expunge(filled, 2, 5)
    with filled.session() as session:
        now = session.examine("INBOX").highestmodseq
        assert session.vanished([1, 2, 3, 4, 5], modseq) == {2, 5}
        assert session.vanished([1, 2, 3], modseq) == {2}
        assert session.vanished([1, 3], modseq) == set()
        assert session.vanished([1, 2, 3, 4, 5], now) == set()


def test_what_vanishes_while_the_folder_is_open_is_told_too(filled):
    with filled.session() as session:
        modseq = session.examine("INBOX").highestmodseq
        expunge(filled, 3)
        assert session.vanished([1, 2, 3, 4, 5], modseq) == {3}
        assert session.uids(1, 100) == [1, 2, 4, 5]
        assert session.bodies([3, 4]).keys() == {4}


def test_details_hold_size_arrival_and_message_id(filled):
    filled.append(b"From: a@b.c\r\n\r\nno id\r\n", when=DAY)
    with filled.session() as session:
        session.examine("INBOX")
        details = session.details([1, 6, 7])
    assert details == {
        1: Detail(len(raw()), DAY, "1@example.test"),
        6: Detail(len(b"From: a@b.c\r\n\r\nno id\r\n"), DAY),
    }


def test_messages_are_found_by_the_addresses_they_name(mailbox):
    mailbox.append(raw("carol@example.test"))
    mailbox.append(raw(Cc="Carol <CAROL@example.test>"))
    mailbox.append(raw(Bcc="dave@example.test"))
    mailbox.append(raw(subject="carol@example.test"))
    with mailbox.session() as session:
        session.examine("INBOX")
        assert session.search(1, 100, ["carol@example.test"]) == [1, 2]
        assert session.search(2, 100, ["carol@example.test", "dave@example.test"]) == [2, 3]
        assert session.search(1, 1, ["dave@example.test"]) == []
        assert session.search(1, 100, []) == []
        assert session.search(5, 4, ["bob@example.test"]) == []


def test_hundreds_of_addresses_are_looked_for_in_few_commands_of_bounded_length(mailbox):
    mailbox.append(raw("person399@example.test"))
    mailbox.append(raw("person7@example.test"))
    mailbox.append(raw("somebody@example.test"))
    with mailbox.session() as session:
        session.examine("INBOX")
        before = session.traffic.copy()
        addresses = [f"person{number}@example.test" for number in range(400)]
        assert session.search(1, 100, addresses) == [1, 2]
        cost = session.traffic - before
        assert cost.commands < 12
        assert cost.bytes_out < 8192 * cost.commands


@pytest.mark.parametrize(
    "address",
    ["o'neil+tag@example.test", '" OR ALL "@example.test', "%*(){}[]@example.test", "\\@example.test"],
)
def test_an_odd_address_finds_nobody_elses_mail(mailbox, address):
    mailbox.append(raw("somebody@example.test"))
    mailbox.append(raw("o'neil+tag@example.test"))
    with mailbox.session() as session:
        session.examine("INBOX")
        assert session.search(1, 100, [address]) == ([2] if "neil" in address else [])
        assert session.find(address=address) == ([2] if "neil" in address else [])


def test_messages_are_found_by_subject_and_message_id(mailbox):
    mailbox.append(raw(subject="Póliza “nueva” 日本語", number=7))
    mailbox.append(raw(subject="Poliza vieja", number=8))
    mailbox.append(raw("josé@example.test", subject="Otra póliza", number=9))
    with mailbox.session() as session:
        session.examine("INBOX")
        assert session.find(subject="PÓLIZA") == [1, 3]
        assert session.find(subject="vieja") == [2]
        assert session.find(subject="日本語") == [1]
        assert session.find(message_id="8@Example.TEST") == [2]
        assert session.find(subject="póliza", message_id="<9@Example.TEST>") == [3]
        assert session.find(subject="póliza", message_id="<8@Example.TEST>") == []
        assert session.find(address="josé@example.test") == [3]
        assert session.find() == []


def test_a_glance_shows_what_people_know_a_message_by(mailbox):
    mailbox.append(raw("ann@example.test", subject="Hola", Cc="c@x.test", Received="from x", Date="now"))
    with mailbox.session() as session:
        session.examine("INBOX")
        text = session.glance([1, 2])[1].decode()
    assert sorted(line.split(":")[0] for line in text.split("\r\n") if line) == [
        "Cc",
        "Date",
        "From",
        "Message-ID",
        "Subject",
        "To",
    ]


def test_a_large_message_goes_into_a_file_piece_by_piece(mailbox):
    big = raw() + b"x" * 3_000_000
    mailbox.append(big)
    file = io.BytesIO()
    with mailbox.session() as session:
        session.examine("INBOX")
        before = session.traffic.copy()
        assert session.body_into(1, len(big), file) == len(big)
        assert (session.traffic - before).commands == 3
    assert file.getvalue() == big


def test_traffic_counts_what_was_sent_and_came(filled):
    with filled.session() as session:
        session.examine("INBOX")
        before = session.traffic.copy()
        bodies = session.bodies([1, 2, 3, 4, 5])
        cost = session.traffic - before
    assert cost.commands == 1
    assert cost.bytes_in > sum(map(len, bodies.values()))
    assert 0 < cost.bytes_out < 100
    assert 0 < cost.seconds < 10
    assert before + cost == session.traffic - (session.traffic - before - cost)


def test_dovecot_is_no_gmail(mailbox):
    with mailbox.session() as session:
        assert not session.is_gmail
