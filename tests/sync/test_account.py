"""The whole way in, against a real Dovecot."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from escala_email_plugin.models import Attachment, Folder, Location, Message, Quarantined, Run
from escala_email_plugin.servers.imap import ImapSession, ProtocolTrouble
from escala_email_plugin.sync import fetch as fetching
from escala_email_plugin.sync import persistence, windows
from escala_email_plugin.sync import record as recording
from escala_email_plugin.sync import round as rounds
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.due import due
from sandbox.crm.models import Person
from tests.making import account_at, letter

pytestmark = [pytest.mark.dovecot, pytest.mark.django_db]


@pytest.fixture
def ana():
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


@pytest.fixture
def mine(mailbox, seller):
    return account_at(mailbox, seller)


def small_batches(monkeypatch, size: int) -> None:
    monkeypatch.setattr(windows, "BATCH", size)
    monkeypatch.setattr(windows, "LARGE_BATCH", size)


def subjects() -> list[str]:
    return sorted(Message.objects.values_list("subject", flat=True))


def files(mailbox) -> list[tuple[str, bytes]]:
    """Every message as it lies on the server's disk; the part of its name after the colon holds its flags."""
    found = []
    for path in mailbox.dovecot.maildir(mailbox.user).rglob("*"):
        if path.is_file() and path.parent.name in ("cur", "new"):
            found.append((path.name.partition(",S=")[0] + path.name.partition(":")[2], path.read_bytes()))
    return sorted(found)


def expunge(mailbox, folder: str, uids: list[int]) -> None:
    with mailbox.dovecot.client(mailbox.user) as client:
        client.select(folder)
        client.uid("STORE", ",".join(map(str, uids)), "+FLAGS", "\\Deleted")
        client.expunge()


def delete_folder(mailbox, folder: str) -> bool:
    with mailbox.dovecot.client(mailbox.user) as client:
        return client.delete(folder)[0] == "OK"


def test_only_conversations_with_contacts_come_in(mailbox, mine, ana):
    mailbox.append(letter(subject="Con Ana"))
    mailbox.append(letter("Banco <banco@banco.test>", subject="Privado"))
    mailbox.append(letter(mailbox.user, "ana@cliente.test", "Respuesta"), "Sent")
    assert sync_account(mine.pk)
    assert subjects() == ["Con Ana", "Respuesta"]
    mine.refresh_from_db()
    assert mine.state == "connected"
    assert mine.last_success
    assert not mine.lease_token


def test_nothing_of_a_strangers_message_is_fetched_but_its_address_lines(mailbox, mine, ana, monkeypatch):
    mailbox.append(letter("Banco <banco@banco.test>", subject="Privado"))
    kept = mailbox.append(letter(subject="Con Ana"))
    asked = []
    for name in ("details", "bodies"):
        original = getattr(ImapSession, name)
        monkeypatch.setattr(
            ImapSession,
            name,
            lambda self, uids, original=original: asked.extend(uids) or original(self, uids),
        )
    sync_account(mine.pk)
    assert set(asked) == {kept}


def test_the_mailbox_is_left_as_it_was(mailbox, mine, ana):
    mailbox.append(letter(subject="Sin leer"))
    mailbox.append(letter(subject="Leído", minutes=1), flags=("\\Seen", "\\Flagged"))
    before = files(mailbox)
    assert before
    sync_account(mine.pk)
    assert subjects() == ["Leído", "Sin leer"]
    assert files(mailbox) == before


def test_new_mail_comes_with_the_next_sync_and_nothing_comes_twice(mailbox, mine, ana):
    mailbox.append(letter(subject="Uno"))
    sync_account(mine.pk)
    mailbox.append(letter(subject="Dos", minutes=1))
    sync_account(mine.pk)
    sync_account(mine.pk)
    assert subjects() == ["Dos", "Uno"]
    assert Location.objects.count() == 2


def test_a_quiet_poll_leaves_no_run_behind(mailbox, mine, ana):
    mailbox.append(letter())
    sync_account(mine.pk)
    runs = Run.objects.count()
    sync_account(mine.pk)
    assert Run.objects.count() == runs


def test_junk_trash_and_drafts_stay_out(mailbox, mine, ana):
    for folder in ("Junk", "Trash", "Drafts", "Archive"):
        mailbox.append(letter(subject=folder), folder)
    sync_account(mine.pk)
    assert subjects() == ["Archive"]


def test_a_folder_that_is_not_to_be_synced_is_left_out(mailbox, mine, ana):
    mailbox.append(letter("x@otra.test"), "Archive")
    sync_account(mine.pk)
    Folder.objects.filter(name="Archive").update(synced=False, synced_chosen=True)
    mailbox.append(letter(), "Archive")
    sync_account(mine.pk)
    assert subjects() == []


def test_the_same_mail_in_two_folders_is_one_message_in_two_places(mailbox, mine, ana):
    raw = letter(mailbox.user, "ana@cliente.test, " + mailbox.user, "A mí también")
    mailbox.append(raw, "Sent")
    mailbox.append(b"Received: from x by y; Tue, 3 Mar 2026 09:00:00 +0000\r\n" + raw)
    sync_account(mine.pk)
    assert subjects() == ["A mí también"]
    assert Location.objects.count() == 2


def test_a_reused_message_id_makes_a_second_message(mailbox, mine, ana):
    mailbox.append(letter(text="Uno", message_id="same@x.test"))
    mailbox.append(letter(text="Otro", message_id="same@x.test"))
    sync_account(mine.pk)
    assert Message.objects.count() == 2


@pytest.mark.parametrize("batch", [1, 3, 500])
def test_the_newest_mail_comes_first_and_all_of_it_in_the_end(mailbox, mine, ana, batch, monkeypatch):
    small_batches(monkeypatch, batch)
    for n in range(10):
        mailbox.append(letter(subject=f"{n}", minutes=n))
    sync_account(mine.pk)
    order = [int(subject) for subject in Message.objects.order_by("pk").values_list("subject", flat=True)]
    assert sorted(order) == list(range(10))
    assert order[:batch] == sorted(range(10), reverse=True)[:batch]
    folder = Folder.objects.get(name="INBOX")
    assert (folder.scanned_from, folder.scanned_to) == (1, 11)


def test_gaps_between_uids_are_crossed(mailbox, mine, ana, monkeypatch):
    small_batches(monkeypatch, 2)
    mailbox.append(letter(subject="Primero"))
    gone = [mailbox.append(letter("x@otra.test", subject=f"{n}")) for n in range(40)]
    mailbox.append(letter(subject="Último", minutes=50))
    expunge(mailbox, "INBOX", gone)
    sync_account(mine.pk)
    assert subjects() == ["Primero", "Último"]


def test_a_sync_that_was_cut_off_goes_on_where_it_was(mailbox, mine, ana, monkeypatch):
    small_batches(monkeypatch, 2)
    for n in range(10):
        mailbox.append(letter(subject=f"{n}", minutes=n))
    original, fetched = ImapSession.bodies, []

    def bodies(self, uids):
        fetched.extend(uids)
        if len(fetched) == 6:
            raise MemoryError("the worker dies here")
        return original(self, uids)

    monkeypatch.setattr(ImapSession, "bodies", bodies)
    assert not sync_account(mine.pk)
    assert Message.objects.count() == 4
    mine.refresh_from_db()
    assert (mine.state, mine.trouble) == ("waiting", "internal")
    fetched.append(0)
    assert sync_account(mine.pk)
    assert subjects() == [f"{n}" for n in range(10)]
    assert [fetched.count(uid) for uid in (10, 9, 8, 7)] == [1, 1, 1, 1]


def test_a_new_uidvalidity_is_read_again_without_a_second_message_or_download(
    mailbox, mine, ana, monkeypatch
):
    mailbox.append(letter())
    sync_account(mine.pk)
    Folder.objects.update(uidvalidity=1)
    Location.objects.update(uidvalidity=1)
    monkeypatch.setattr(ImapSession, "bodies", None)
    assert sync_account(mine.pk)
    assert Message.objects.count() == 1
    place = Location.objects.get()
    assert (place.uidvalidity, place.gone_at) == (place.folder.uidvalidity, None)


def test_an_unreadable_message_is_set_aside_and_the_rest_goes_on(mailbox, mine, ana):
    mailbox.append(letter(subject="Antes"))
    deep = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(1000)
    )
    uid = mailbox.append(b"From: ana@cliente.test\r\nSubject: Mil partes\r\n" + deep + b"\r\nfin\r\n")
    mailbox.append(letter(subject="Después", minutes=1))
    assert sync_account(mine.pk)
    assert subjects() == ["Antes", "Después"]
    aside = Quarantined.objects.get()
    assert aside.uid == uid
    assert b"Mil partes" in bytes(aside.raw)
    assert aside.next_try > timezone.now()


def test_what_was_set_aside_is_tried_again_and_then_stored(mailbox, mine, ana, monkeypatch):
    mailbox.append(letter(subject="A la segunda"))

    def broken(raw, arrived):
        raise ValueError

    monkeypatch.setattr(fetching, "parse", broken)
    sync_account(mine.pk)
    assert Quarantined.objects.get().error == "internal"
    sync_account(mine.pk)
    assert Quarantined.objects.get().attempts == 1
    Quarantined.objects.update(next_try=timezone.now() - timedelta(seconds=1))
    sync_account(mine.pk)
    assert Quarantined.objects.get().attempts == 2
    monkeypatch.undo()
    Quarantined.objects.update(next_try=timezone.now() - timedelta(seconds=1))
    sync_account(mine.pk)
    assert subjects() == ["A la segunda"]
    assert not Quarantined.objects.exists()


def test_what_was_set_aside_survives_its_deletion_at_the_server(mailbox, mine, ana, monkeypatch):
    uid = mailbox.append(letter(subject="Solo aquí"))
    monkeypatch.setattr(fetching, "parse", lambda raw, arrived: 1 / 0)
    sync_account(mine.pk)
    expunge(mailbox, "INBOX", [uid])
    Quarantined.objects.update(next_try=timezone.now() - timedelta(seconds=1))
    sync_account(mine.pk)
    assert Quarantined.objects.get().attempts == 2
    monkeypatch.undo()
    Quarantined.objects.update(next_try=timezone.now() - timedelta(seconds=1))
    sync_account(mine.pk)
    assert subjects() == ["Solo aquí"]
    assert not Quarantined.objects.exists()


def test_a_message_the_database_refuses_is_set_aside_alone(mailbox, mine, ana, monkeypatch):
    for n in range(3):
        mailbox.append(letter(subject=f"{n}", minutes=n))
    original = recording._create_attachments

    def refuse(new, made, files):
        if any(one.parsed.subject == "1" for one in new):
            raise recording.DataError("too long for the database")
        original(new, made, files)

    monkeypatch.setattr(recording, "_create_attachments", refuse)
    assert sync_account(mine.pk)
    assert subjects() == ["0", "2"]
    assert Quarantined.objects.get().error == "store"


def test_a_transaction_that_lost_a_deadlock_is_tried_again(mailbox, mine, ana, monkeypatch):
    mailbox.append(letter(subject="Al final"))
    original, lost = recording._store, []

    def store(*arguments):
        if len(lost) < 2:
            lost.append(1)
            raise OperationalError("deadlock detected")
        return original(*arguments)

    monkeypatch.setattr(recording, "_store", store)
    monkeypatch.setattr(persistence, "PAUSES", (0, 0))
    assert sync_account(mine.pk)
    assert subjects() == ["Al final"]
    assert Run.objects.get().stored == 1


def test_a_nonsense_answer_about_one_message_costs_that_one_only(mailbox, mine, ana, monkeypatch):
    uids = [mailbox.append(letter(subject=f"{n}", minutes=n)) for n in range(8)]
    original = ImapSession.bodies

    def bodies(self, some):
        if uids[3] in some:
            raise ProtocolTrouble("bad_answer")
        return original(self, some)

    monkeypatch.setattr(ImapSession, "bodies", bodies)
    assert sync_account(mine.pk)
    assert subjects() == ["0", "1", "2", "4", "5", "6", "7"]
    assert (Quarantined.objects.get().uid, Quarantined.objects.get().error) == (uids[3], "fetch")


def test_unreadable_address_lines_are_set_aside_before_the_cursor_passes_them(
    mailbox, mine, ana, monkeypatch
):
    uids = [mailbox.append(letter(subject=f"{n}", minutes=n)) for n in range(4)]
    original = ImapSession.address_headers

    def headers(self, some):
        if uids[1] in some:
            raise ProtocolTrouble("bad_answer")
        return original(self, some)

    monkeypatch.setattr(ImapSession, "address_headers", headers)
    assert sync_account(mine.pk)
    assert subjects() == ["0", "2", "3"]
    assert Quarantined.objects.get().uid == uids[1]


def test_a_message_larger_than_allowed_is_set_aside_undownloaded(mailbox, mine, ana, settings):
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "MAX_MESSAGE_BYTES": 2000}
    mailbox.append(letter(text="x" * 60 + "\n" + "y" * 3000))
    mailbox.append(letter(subject="Pequeño", minutes=1))
    assert sync_account(mine.pk)
    assert subjects() == ["Pequeño"]
    aside = Quarantined.objects.get()
    assert (aside.error, aside.raw) == ("too_large", None)
    assert aside.size > 3000


@pytest.mark.slow
def test_forty_megabytes_come_in_parts_and_whole(mailbox, mine, ana):
    content = bytes(range(256)) * (28 * 4096)
    mailbox.append(letter(attachments=[("grande.bin", "application/octet-stream", content)]))
    assert sync_account(mine.pk)
    attachment = Attachment.objects.get()
    assert attachment.size == len(content)
    with attachment.file.open("rb") as file:
        assert file.read() == content


@pytest.mark.parametrize("missing", ["Message-ID", "Date", "Subject"])
def test_a_message_without_a_usual_header_is_stored_once(mailbox, mine, ana, missing):
    lines = letter().split(b"\r\n")
    raw = b"\r\n".join(line for line in lines if not line.lower().startswith(missing.lower().encode() + b":"))
    mailbox.append(raw, when=timezone.now())
    mailbox.append(raw, "Archive", when=timezone.now())
    assert sync_account(mine.pk)
    assert Message.objects.count() == 1


def test_a_message_without_from_comes_in_by_its_other_people(mailbox, mine, ana):
    lines = letter(mailbox.user, "ana@cliente.test", "Sin remitente").split(b"\r\n")
    mailbox.append(b"\r\n".join(line for line in lines if not line.startswith(b"From:")), "Sent")
    assert sync_account(mine.pk)
    assert subjects() == ["Sin remitente"]


def test_an_unknown_charset_is_read_as_well_as_can_be(mailbox, mine, ana):
    mailbox.append(
        b"From: ana@cliente.test\r\nSubject: =?x-unknown?q?Hola?=\r\n"
        b"Content-Type: text/plain; charset=x-unknown\r\n\r\nHola \xf1\r\n"
    )
    assert sync_account(mine.pk)
    assert "Hola" in Message.objects.get().text


def test_a_wrong_password_asks_to_reconnect_and_is_not_tried_again(mailbox, mine, ana):
    from escala_email_plugin.servers.secrets import encrypt
    from escala_email_plugin.sync.due import due

    mine.secret = encrypt("wrong")
    mine.save()
    assert not sync_account(mine.pk)
    mine.refresh_from_db()
    assert (mine.state, mine.trouble) == ("reconnect", "login_refused")
    assert due() == []


def test_a_server_that_is_away_is_waited_for(mailbox, mine, ana):
    port, mine.imap_port = mine.imap_port, 1
    mine.save()
    assert not sync_account(mine.pk)
    mine.refresh_from_db()
    assert (mine.state, mine.trouble, mine.failures) == ("waiting", "port_closed", 1)
    assert timezone.now() < mine.next_try < timezone.now() + timedelta(minutes=2)
    mine.imap_port = port
    mine.save()
    assert sync_account(mine.pk)
    mine.refresh_from_db()
    assert (mine.state, mine.trouble, mine.failures) == ("connected", "", 0)


def test_a_secret_no_key_can_read_asks_to_reconnect(mailbox, mine, ana, settings):
    from cryptography.fernet import Fernet

    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "SECRET_KEYS": [Fernet.generate_key().decode()]}
    assert not sync_account(mine.pk)
    mine.refresh_from_db()
    assert (mine.state, mine.trouble) == ("reconnect", "secret")


def test_a_folder_that_vanishes_while_it_is_read_does_not_stop_the_others(mailbox, mine, ana, monkeypatch):
    small_batches(monkeypatch, 1)
    mailbox.append(letter(subject="Entrada"))
    for n in range(3):
        mailbox.append(letter(subject=f"{n}", minutes=n), "Proyecto")
    original = ImapSession.address_headers
    deleted = []

    def headers(self, uids):
        if not deleted and Folder.objects.filter(name="Proyecto", scanned_to__gt=0).exists():
            deleted.append(delete_folder(mailbox, "Proyecto"))
        return original(self, uids)

    monkeypatch.setattr(ImapSession, "address_headers", headers)
    assert sync_account(mine.pk)
    assert deleted
    assert "Entrada" in subjects()
    sync_account(mine.pk)
    assert Folder.objects.get(name="Proyecto").gone_at


def test_progress_counts_what_was_looked_at_and_stored(mailbox, mine, ana):
    for n in range(4):
        mailbox.append(letter("x@otra.test", subject=f"{n}", minutes=n))
    mailbox.append(letter())
    sync_account(mine.pk)
    run = Run.objects.get()
    assert (run.state, run.done, run.total, run.stored) == ("done", 5, 5, 1)


def test_an_account_that_is_switched_off_is_not_touched(mailbox, mine, ana):
    mailbox.append(letter())
    mine.mode = "off"
    mine.save()
    assert not sync_account(mine.pk)
    assert subjects() == []


def test_disconnecting_stops_a_sync_before_its_next_write(mailbox, mine, ana, monkeypatch):
    from escala_email_plugin.sync.connection import disconnect

    mailbox.append(letter())
    original = ImapSession.bodies
    monkeypatch.setattr(ImapSession, "bodies", lambda self, uids: disconnect(mine) or original(self, uids))
    assert not sync_account(mine.pk)
    assert subjects() == []
    mine.refresh_from_db()
    assert (mine.state, mine.secret) == ("disconnected", "")


def test_a_long_sync_makes_room_for_others_and_goes_on_as_if_it_had_not(mailbox, mine, ana, monkeypatch):
    small_batches(monkeypatch, 2)
    monkeypatch.setattr(rounds, "STRIDE", 1)
    for n in range(12):
        mailbox.append(letter(subject=f"{n:02}", minutes=n))
    shifts = 0
    while not sync_account(mine.pk, shift=0):
        shifts += 1
        assert due() == [mine.pk]
        run = Run.objects.get()
        assert (run.state, run.total) == ("running", 12)
        assert run.stored == Message.objects.count() < 12
    assert shifts > 1
    assert len(subjects()) == 12
    run = Run.objects.get()
    assert (run.state, run.done, run.stored) == ("done", 12, 12)
    assert due() == []


def test_a_pause_that_nobody_ended_was_a_worker_that_died(mailbox, mine, ana, monkeypatch):
    small_batches(monkeypatch, 2)
    monkeypatch.setattr(rounds, "STRIDE", 1)
    for n in range(8):
        mailbox.append(letter(subject=f"{n:02}", minutes=n))
    assert not sync_account(mine.pk, shift=0)
    Run.objects.update(moved_at=timezone.now() - timedelta(hours=1))
    assert sync_account(mine.pk)
    assert list(Run.objects.order_by("pk").values_list("state", flat=True)) == ["failed", "done"]
