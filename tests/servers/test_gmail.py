"""Gmail: labels are folders, and every message has an id of its own."""

import imaplib
import ssl

import pytest
from imapclient import IMAPClient

from escala_email_plugin.servers.credentials import Credentials
from escala_email_plugin.servers.imap import FolderGone, ImapSession, Refused, Throttled
from escala_email_plugin.servers.roles import role_of
from tests.making import DAY, letter

from .gmail import Gmail
from .gmail_box import SPANISH

ALL = "[Gmail]/All Mail"


def test_gmail_is_known_by_what_it_can_do(gmail):
    with gmail.session() as session:
        assert session.is_gmail


def test_folders_have_roles_and_numbers_in_one_round_trip(gmail):
    gmail.box.add(letter(), "\\Inbox", "Clientes/Año")
    with gmail.session() as session:
        before = session.traffic.copy()
        overview = {folder.name: (folder, state) for folder, state in session.overview()}
        assert (session.traffic - before).commands == 1
        assert {name: role_of(folder) for name, (folder, _state) in overview.items()} == {
            "INBOX": "inbox",
            "[Gmail]": "",
            ALL: "all",
            "[Gmail]/Drafts": "drafts",
            "[Gmail]/Important": "",
            "[Gmail]/Sent Mail": "sent",
            "[Gmail]/Spam": "junk",
            "[Gmail]/Starred": "",
            "[Gmail]/Trash": "trash",
            "Clientes/Año": "",
        }
        assert overview["[Gmail]"][1] is None
        assert [overview[name][1].exists for name in ("INBOX", ALL, "Clientes/Año")] == [1, 1, 1]
        assert overview[ALL][1] == session.status(ALL)
        assert overview[ALL][1].highestmodseq


def test_one_message_is_the_same_in_all_its_folders(gmail):
    gmail.box.add(letter(subject="Otra"), "\\Inbox")
    raw = letter(message_id="1@x.test")
    msgid = gmail.box.add(raw, "\\Inbox", "\\Important", "Clientes/Año nuevo")
    with gmail.session() as session:
        session.examine("INBOX")
        in_inbox = session.details([1, 2])[2]
        session.examine("Clientes/Año nuevo")
        in_label = session.details([1])[1]
        session.examine(ALL)
        in_all = session.details(session.uids(1, 100))[2]
    assert in_inbox.provider_id == in_label.provider_id == in_all.provider_id == str(msgid)
    assert (in_all.size, in_all.arrived, in_all.message_id) == (len(raw), DAY, "1@x.test")
    assert in_all.labels == ("Clientes/Año nuevo", "\\Important", "\\Inbox")
    assert in_inbox.labels == ("Clientes/Año nuevo", "\\Important")


def test_a_reply_is_in_the_thread_of_what_it_answers(gmail):
    gmail.box.add(letter(message_id="1@x.test"), "\\Inbox")
    gmail.box.add(letter(message_id="2@x.test", reply_to="1@x.test"), "\\Sent")
    gmail.box.add(letter(message_id="3@x.test"), "\\Inbox")
    with gmail.session() as session:
        session.examine(ALL)
        first, reply, other = session.details([1, 2, 3]).values()
    assert first.provider_thread == reply.provider_thread != other.provider_thread


def test_headers_and_bodies_are_read_and_downloads_counted(gmail):
    raw = letter(subject="Póliza nueva", cc="c@x.test", text="x" * 3000)
    msgid = gmail.box.add(raw, "\\Inbox")
    with gmail.session() as session:
        session.examine(ALL)
        assert b"c@x.test" in session.address_headers([1])[1]
        assert b"Subject" not in session.address_headers([1])[1]
        assert b"Subject" in session.glance([1])[1]
        assert not gmail.downloads
        assert session.bodies([1]) == {1: raw}
        assert b"".join(session.body_in_parts(1, len(raw), chunk=1000)) == raw
    assert gmail.downloads == {msgid: 2}
    assert gmail.bytes_downloaded == 2 * len(raw)


def test_mail_is_searched_as_in_any_folder(gmail):
    gmail.box.add(letter("Ana <ana@cliente.test>", subject="Año nuevo", message_id="1@x.test"), "\\Inbox")
    gmail.box.add(letter("x@y.test", cc="ana@cliente.test"), "\\Inbox")
    gmail.box.add(letter("x@y.test", subject="Nada"), "\\Inbox")
    with gmail.session() as session:
        session.examine("INBOX")
        assert session.search(1, 100, ["ana@cliente.test", "nadie@cliente.test"]) == [1, 2]
        assert session.search(2, 2, ["ana@cliente.test"]) == [2]
        assert session.find(subject="AÑO") == [1]
        assert session.find(message_id="<1@x.test>") == [1]
        assert session.find(address="ana@cliente.test", subject="nada") == []
        assert session.highest_uid(3) == 3


def test_a_label_that_is_taken_away_leaves_the_message_in_all_mail(gmail):
    msgid = gmail.box.add(letter(), "\\Inbox")
    with gmail.session() as session:
        modseq = session.examine("INBOX").highestmodseq
        gmail.box.unlabel(msgid, "\\Inbox")
        assert session.vanished([1], modseq) is None
        assert session.present([1]) == set()
        state = session.examine(ALL)
        assert session.present([1]) == {1}
        assert state.highestmodseq > modseq
    assert gmail.box.uid("INBOX", msgid) is None


def test_what_goes_to_trash_or_spam_is_nowhere_else(gmail):
    thrown, junk = gmail.box.add(letter(), "\\Inbox"), gmail.box.add(letter(minutes=1), "\\Inbox", "Clients")
    gmail.box.label(thrown, "\\Trash")
    gmail.box.label(junk, "\\Spam")
    with gmail.session() as session:
        counts = {folder.name: state.exists for folder, state in session.overview() if state}
    assert {name for name, count in counts.items() if count} == {"[Gmail]/Trash", "[Gmail]/Spam"}


def test_a_deleted_message_is_gone_everywhere(gmail):
    msgid = gmail.box.add(letter(), "\\Inbox", "Clients")
    gmail.box.delete(msgid)
    with gmail.session() as session:
        assert not any(state.exists for _folder, state in session.overview() if state)


def test_a_renumbered_folder_has_another_uidvalidity(gmail):
    gmail.box.add(letter(), "\\Inbox")
    with gmail.session() as session:
        before = session.examine("INBOX").uidvalidity
        gmail.box.renumber("INBOX")
        assert session.examine("INBOX").uidvalidity != before
        assert session.uids(1, 1000) == [101]


def test_gmail_may_speak_spanish_and_hide_all_mail(authority, good_context, trusting):
    trusting(authority.ca)
    with Gmail(good_context, names=SPANISH, hidden=("\\All", "\\Spam")) as gmail:
        gmail.box.add(letter(), "\\Sent")
        with gmail.session() as session:
            roles = {folder.name: role_of(folder) for folder in session.folders()}
    assert roles["[Gmail]/Enviados"] == "sent"
    assert "all" not in roles.values()


def test_a_wrong_password_and_an_unknown_folder_are_refused(gmail):
    with pytest.raises(Refused) as caught:
        ImapSession(gmail.imap, Credentials(gmail.user, "wrong"), deadline=5).__enter__()
    assert caught.value.code == "login_refused"
    with gmail.session() as session, pytest.raises(FolderGone):
        session.examine("Nowhere")


def test_gmail_may_have_had_enough(gmail):
    with gmail.session() as session:
        gmail.refusal = "NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)"
        with pytest.raises(Throttled):
            session.overview()


def test_what_would_change_the_mailbox_is_refused_and_kept_in_mind(gmail, authority):
    gmail.box.add(letter(), "\\Inbox")
    context = ssl.create_default_context(cafile=authority.ca)
    with imaplib.IMAP4_SSL("localhost", gmail.port, ssl_context=context) as client:
        client.login(gmail.user, gmail.password)
        client.select("INBOX", readonly=True)
        client.uid("FETCH", "1", "(BODY[])")
        with pytest.raises(imaplib.IMAP4.error):
            client.uid("STORE", "1", "+FLAGS", "(\\Deleted)")
    assert gmail.refused == ["BODY[]", "UID STORE"]


def test_new_mail_is_told_to_who_waits_for_it(gmail, authority):
    context = ssl.create_default_context(cafile=authority.ca)
    with IMAPClient("localhost", gmail.port, ssl_context=context) as client:
        client.login(gmail.user, gmail.password)
        client.select_folder("INBOX", readonly=True)
        client.idle()
        gmail.box.add(letter(), "\\Inbox")
        assert client.idle_check(timeout=10) == [(1, b"EXISTS")]
        client.idle_done()


def test_reading_everything_needs_nothing_that_changes_the_mailbox(gmail):
    for minutes in range(3):
        gmail.box.add(letter(minutes=minutes), "\\Inbox", "Clients")
    with gmail.session() as session:
        for folder, state in session.overview():
            if state:
                session.examine(folder.name)
                uids = session.uids(1, 100)
                session.details(uids)
                session.bodies(uids)
                session.present(uids)
    assert gmail.refused == []
    assert sum(gmail.downloads.values()) == 9
