"""Reading a real mailbox."""

import socket
from datetime import UTC, datetime

import pytest

from escala_email_plugin.servers.credentials import Credentials
from escala_email_plugin.servers.imap import (
    Detail,
    FolderGone,
    ImapSession,
    ListedFolder,
    ProtocolTrouble,
    Server,
)

pytestmark = pytest.mark.dovecot

RAW = b"From: ann@example.test\r\nTo: bob@example.test\r\nSubject: Hello\r\n\r\nHello, Bob.\r\n"


@pytest.fixture
def filled(mailbox):
    """A mailbox with three messages, the second of them seen."""
    mailbox.append(RAW, when=datetime(2020, 2, 29, 12, 0, tzinfo=UTC))
    mailbox.append(RAW.replace(b"Hello", b"Seen"), flags=("\\Seen",))
    mailbox.append(RAW.replace(b"Subject: Hello", b"Cc: cat@example.test"))
    return mailbox


@pytest.mark.parametrize("mode", ["tls", "starttls"])
def test_a_message_is_read_as_it_was_stored(filled, mode):
    port = filled.dovecot.imaps if mode == "tls" else filled.dovecot.imap
    with ImapSession(Server("localhost", port, mode), Credentials(filled.user, filled.password)) as session:
        state = session.examine("INBOX")
        assert (state.exists, state.uidnext) == (3, 4)
        assert state.uidvalidity > 0
        assert session.uids(1, 60_000) == [1, 2, 3]
        assert session.bodies([1]) == {1: RAW}
        assert session.details([1]) == {1: Detail(len(RAW), datetime(2020, 2, 29, 12, 0, tzinfo=UTC))}
        assert session.address_headers([1, 3]) == {
            1: b"From: ann@example.test\r\nTo: bob@example.test\r\n\r\n",
            3: b"From: ann@example.test\r\nTo: bob@example.test\r\nCc: cat@example.test\r\n\r\n",
        }


def test_the_server_tells_what_it_can_do_once_logged_in(mailbox):
    with mailbox.session() as session:
        assert {"IMAP4REV1", "CONDSTORE"} <= session.capabilities


def test_nothing_changes_on_the_server_by_reading_everything(filled):
    filled.append(RAW, folder="Sent")
    filled.dovecot.deliver([filled.user], RAW)

    def on_disk():
        files = filled.dovecot.maildir(filled.user).rglob("*")
        return {
            (str(file), file.read_bytes())
            for file in files
            if file.is_file() and file.parent.name in ("cur", "new", "tmp")
        }

    before = on_disk()
    with filled.session() as session:
        for folder in session.folders():
            session.status(folder.name)
            session.examine(folder.name)
            uids = session.uids(1, 60_000)
            session.address_headers(uids)
            session.details(uids)
            session.bodies(uids)
            for uid, detail in session.details(uids).items():
                assert len(b"".join(session.body_in_parts(uid, detail.size, chunk=70))) == detail.size
    assert len(before) == 5
    assert on_disk() == before


@pytest.mark.parametrize("chunk", [1, 7, len(RAW) - 1, len(RAW), len(RAW) + 1])
def test_the_pieces_of_a_message_are_the_message(filled, chunk):
    with filled.session() as session:
        session.examine("INBOX")
        pieces = list(session.body_in_parts(1, len(RAW), chunk))
    assert b"".join(pieces) == RAW
    assert all(pieces)


def test_a_message_that_is_gone_is_simply_absent(filled):
    with filled.session() as session:
        session.examine("INBOX")
        assert session.bodies([2, 99]).keys() == {2}
        assert session.details([99]) == {}
        assert session.address_headers([]) == {}


def test_what_is_expunged_while_it_is_read_does_not_take_the_others_with_it(filled):
    with filled.session() as session:
        session.examine("INBOX")
        other = filled.dovecot.client(filled.user)
        other.select("INBOX")
        other.uid("STORE", "2", "+FLAGS", "(\\Deleted)")
        other.expunge()
        other.logout()
        assert session.bodies([1, 2, 3]).keys() == {1, 3}
        with pytest.raises(ProtocolTrouble) as caught:
            list(session.body_in_parts(2, len(RAW)))
        assert caught.value.code == "vanished"


@pytest.mark.parametrize(
    "name", ["Año/ñandú", 'A "quoted" name', "Q&A", "007", "100%*", "日本語", "🎉", "back\\slash", "NIL"]
)
def test_a_folder_is_opened_by_the_name_it_is_listed_under(mailbox, name):
    mailbox.append(RAW, folder=name)
    with mailbox.session() as session:
        assert name in {folder.name for folder in session.folders()}
        assert session.examine(name).exists == 1
        assert session.status(name) == session.examine(name)
    with mailbox.session() as fresh:
        assert fresh.examine(name).exists == 1


def test_folders_come_with_delimiter_and_flags_in_lower_case(mailbox):
    with mailbox.session() as session:
        listed = {folder.name: folder for folder in session.folders()}
    assert listed["Sent"] == ListedFolder("Sent", "/", frozenset({"\\sent"}))


def test_a_folder_that_vanishes_leaves_the_session_alive(filled):
    filled.append(RAW, folder="Passing")
    with filled.session() as session:
        assert "Passing" in {folder.name for folder in session.folders()}
        other = filled.dovecot.client(filled.user)
        other.delete("Passing")
        other.logout()
        for ask in (session.examine, session.status):
            with pytest.raises(FolderGone) as caught:
                ask("Passing")
            assert caught.value.code == "folder_gone"
            assert "localhost" in str(caught.value)
        assert session.examine("INBOX").exists == 3


def test_a_folder_that_may_not_be_opened_is_not_called_gone(filled):
    filled.append(RAW, folder="Locked")
    (filled.dovecot.maildir(filled.user) / "Locked" / "cur").chmod(0)
    with filled.session() as session:
        with pytest.raises(FolderGone) as caught:
            session.examine("Locked")
        assert caught.value.code == "folder_refused"
        assert session.examine("INBOX").exists == 3


@pytest.mark.parametrize("name", ["IN\r\nBOX", "a\nb", "a\0b", "\r"])
def test_a_folder_name_cannot_smuggle_a_command(filled, name):
    with filled.session() as session:
        for ask in (session.examine, session.status):
            with pytest.raises(FolderGone):
                ask(name)
        assert session.examine("INBOX").exists == 3


def test_a_window_without_messages_is_empty(filled):
    with filled.session() as session:
        session.examine("INBOX")
        assert session.uids(4, 60_000) == []
        assert session.uids(3, 2) == []
        assert session.uids(-5, 1) == [1]


def test_a_session_used_after_its_end_says_so(filled):
    with filled.session() as session:
        session.examine("INBOX")
    with pytest.raises(ProtocolTrouble) as caught:
        session.uids(1, 2)
    assert caught.value.code == "session_closed"


def test_fetching_with_no_folder_open_is_trouble_and_not_a_crash(filled):
    with filled.session() as session, pytest.raises(ProtocolTrouble):
        session.bodies([1])


def test_commands_do_not_wait_for_acknowledgements(mailbox):
    with mailbox.session() as session:
        assert session._wire.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_server_without_encryption_cannot_even_be_named():
    with pytest.raises(ValueError, match="starttls"):
        Server("localhost", 143, "none")
