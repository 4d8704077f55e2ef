"""Why a message is not here, or is, against a real Dovecot."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from escala_email_plugin.models import EmailAccount, Folder, Location, Message, Quarantined, Rule
from escala_email_plugin.servers.imap import ImapError, ImapSession, ProtocolTrouble, Refused, Unreachable
from escala_email_plugin.servers.secrets import encrypt
from escala_email_plugin.sync import inquiry, rules
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.inquiry import Inquiry
from escala_email_plugin.sync.why import MOST, explain
from sandbox.crm.models import Person
from tests.making import DAY, account_at, letter
from tests.sync.test_account import expunge, files

pytestmark = [pytest.mark.dovecot, pytest.mark.django_db]

ANA, LUIS, STRANGER = "ana@cliente.test", "luis@cliente.test", "x@otra.test"


@pytest.fixture
def mine(mailbox, seller):
    Person.objects.create(first_name="Ana", last_name="Gómez", email=ANA)
    return account_at(mailbox, seller)


def codes(mine, text: str) -> list[str]:
    return [one.code for one in explain(mine, text)]


def test_a_message_that_is_stored_is_told_with_all_that_is_known_of_it(mailbox, mine):
    uid = mailbox.append(letter(subject="Su póliza", message_id="p1@cliente.test"))
    sync_account(mine.pk)
    found = explain(mine, "<p1@cliente.test>")
    assert not found.is_partial
    (one,) = found
    assert (one.folder, one.uid, one.subject, one.sender, one.sent_at, one.code, one.addresses) == (
        "INBOX",
        uid,
        "Su póliza",
        "Ana Gómez <ana@cliente.test>",
        DAY,
        "stored",
        (ANA,),
    )
    assert one.message_id == Message.objects.get().pk


@pytest.mark.parametrize(
    "text", ["p1@cliente.test", "<p1@cliente.test>", "Póliza de HOGAR", ANA, f"Ana <{ANA}>", "póliza"]
)
def test_a_message_is_found_by_id_by_subject_and_by_address(mailbox, mine, text):
    mailbox.append(letter(subject="Re: póliza de hogar", message_id="p1@cliente.test"))
    mailbox.append(letter(STRANGER, subject="Oferta", message_id="p11@cliente.test"))
    sync_account(mine.pk)
    assert codes(mine, text) == ["stored"]


def test_a_strangers_message_concerns_no_contact(mailbox, mine):
    mailbox.append(letter(f"Boletín <{STRANGER}>", subject="Novedades"))
    sync_account(mine.pk)
    (one,) = explain(mine, STRANGER)
    assert (one.code, one.addresses, one.message_id) == ("no_contact", (), None)


def test_a_record_with_the_mailboxs_own_address_brings_nothing_in(mailbox, mine):
    Person.objects.create(first_name="Lucía", email=mailbox.user)
    mailbox.append(letter(STRANGER, mailbox.user, "Solo a mí"))
    sync_account(mine.pk)
    (one,) = explain(mine, "Solo a mí")
    assert (one.code, one.addresses) == ("own_only", (mailbox.user,))


def test_a_rule_that_leaves_a_message_out_is_named_with_its_address(mailbox, mine):
    rules.leave_out(mine, [STRANGER])
    mailbox.append(letter(ANA, f"{mailbox.user}, {STRANGER}", "Con los dos"))
    sync_account(mine.pk)
    (one,) = explain(mine, "Con los dos")
    assert (one.code, one.addresses) == ("never_download", (STRANGER,))


def test_who_is_no_contact_brings_nothing_in_and_the_entry_is_named(mailbox, mine):
    rules.leave_out(mine, ["cliente.test"], Rule.Kind.NOT_CONTACT)
    mailbox.append(letter(ANA, mailbox.user, "De nadie"))
    sync_account(mine.pk)
    (one,) = explain(mine, "De nadie")
    assert (one.code, one.addresses) == ("not_contact", (ANA,))
    assert one.entries == (rules.Entry("cliente.test", is_common=False),)


def test_what_was_stored_before_a_rule_is_still_stored(mailbox, mine):
    mailbox.append(letter())
    sync_account(mine.pk)
    rules.leave_out(mine, [ANA])
    assert codes(mine, ANA) == ["stored"]


@pytest.mark.parametrize("folder", ["Junk", "Trash", "Drafts"])
def test_a_folder_that_is_left_out_is_looked_into_and_named(mailbox, mine, folder):
    mailbox.append(letter(subject="Apartado"), folder)
    sync_account(mine.pk)
    (one,) = explain(mine, "Apartado")
    assert (one.code, one.folder, one.addresses) == ("left_out_folder", folder, (ANA,))


def test_a_folder_somebody_left_out_is_named_too(mailbox, mine):
    mailbox.append(letter(STRANGER), "Archive")
    sync_account(mine.pk)
    Folder.objects.filter(name="Archive").update(synced=False, synced_chosen=True)
    mailbox.append(letter(subject="Apartado"), "Archive")
    assert codes(mine, "Apartado") == ["left_out_folder"]


def test_where_a_rule_and_a_folder_leave_it_out_the_rule_is_told(mailbox, mine):
    mailbox.append(letter(subject="Apartado"), "Junk")
    sync_account(mine.pk)
    rules.leave_out(mine, [ANA])
    assert codes(mine, "Apartado") == ["never_download"]


def test_every_place_of_a_message_is_told(mailbox, mine):
    Person.objects.create(first_name="Luis", email=LUIS)
    raw = letter(mailbox.user, f"{ANA}, {LUIS}", "A los dos")
    for folder in ("Sent", "INBOX", "Junk"):
        mailbox.append(raw, folder)
    sync_account(mine.pk)
    found = {one.folder: (one.code, one.addresses) for one in explain(mine, "A los dos")}
    assert found == {
        "Sent": ("stored", (ANA, LUIS)),
        "INBOX": ("stored", (ANA, LUIS)),
        "Junk": ("left_out_folder", (ANA, LUIS)),
    }


def test_what_was_set_aside_says_so_and_why(mailbox, mine):
    uid = mailbox.append(letter(subject="Rara"))
    sync_account(mine.pk)
    place = Location.objects.get()
    Quarantined.objects.create(
        folder=place.folder, uidvalidity=place.uidvalidity, uid=uid, error="too_deep", next_try=timezone.now()
    )
    place.delete()
    (one,) = explain(mine, "Rara")
    assert (one.code, one.error, one.message_id) == ("set_aside", "too_deep", None)


def test_what_is_too_large_is_so_before_it_was_set_aside_and_after(mailbox, mine, settings):
    sync_account(mine.pk)
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "MAX_MESSAGE_BYTES": 2000}
    mailbox.append(letter(subject="Enorme", text="x" * 60 + "\n" + "y" * 3000))
    assert codes(mine, "Enorme") == ["too_large"]
    sync_account(mine.pk)
    assert Quarantined.objects.exists()
    assert codes(mine, "Enorme") == ["too_large"]


def test_what_came_after_the_last_synchronisation_was_not_looked_at(mailbox, mine):
    mailbox.append(letter(STRANGER))
    assert codes(mine, STRANGER) == ["no_contact"]
    mailbox.append(letter(subject="Antes de la primera"))
    assert codes(mine, "Antes de la primera") == ["not_looked_at"]
    sync_account(mine.pk)
    mailbox.append(letter(subject="Recién llegada"))
    mailbox.append(letter(subject="En otra parte"), "Nueva")
    assert codes(mine, "Recién llegada") == codes(mine, "En otra parte") == ["not_looked_at"]


def test_history_that_was_not_read_yet_and_a_new_numbering_were_not_looked_at(mailbox, mine):
    uid = mailbox.append(letter(subject="Antigua"))
    sync_account(mine.pk)
    Location.objects.all().delete()
    Folder.objects.filter(name="INBOX").update(scanned_from=uid + 1)
    assert codes(mine, "Antigua") == ["not_looked_at"]
    Folder.objects.filter(name="INBOX").update(scanned_from=1, uidvalidity=1)
    assert codes(mine, "Antigua") == ["not_looked_at"]


def test_mail_of_somebody_who_has_just_become_a_contact_is_still_to_be_read(mailbox, mine):
    mailbox.append(letter(STRANGER, subject="De antes"))
    sync_account(mine.pk)
    Person.objects.create(first_name="X", email=STRANGER)
    (one,) = explain(mine, "De antes")
    assert (one.code, one.addresses) == ("contact_not_yet", (STRANGER,))


@pytest.mark.parametrize("mode", ["off", "preview"])
def test_nothing_is_read_while_the_account_is_not_synchronised(mailbox, mine, mode):
    mailbox.append(letter(subject="Con Ana"))
    mailbox.append(letter(STRANGER, subject="Sin Ana"))
    EmailAccount.objects.filter(pk=mine.pk).update(mode=mode)
    mine.refresh_from_db()
    assert (codes(mine, "Con Ana"), codes(mine, "Sin Ana")) == (["mode_off"], ["no_contact"])


@pytest.mark.parametrize("text", ["p1@cliente.test", "Borrada", ANA])
def test_what_left_the_server_is_found_among_what_is_stored(mailbox, mine, text):
    uid = mailbox.append(letter(subject="Borrada", message_id="p1@cliente.test"))
    sync_account(mine.pk)
    expunge(mailbox, "INBOX", [uid])
    (one,) = explain(mine, text)
    assert one.code == "stored"  # no synchronisation has noticed yet
    Location.objects.update(gone_at=timezone.now())
    (one,) = explain(mine, text)
    assert (one.code, one.folder, one.uid, one.sender) == ("gone", "INBOX", None, f"Ana Gómez <{ANA}>")
    assert one.message_id == Message.objects.get().pk


def test_another_accounts_mail_is_not_told(mailbox, mine, colleague):
    from tests.making import account, stored

    theirs = account(colleague, "marcos@andina.test")
    stored(theirs, letter(subject="De Marcos", message_id="m1@cliente.test", bcc=LUIS))
    assert explain(mine, "De Marcos") == explain(mine, "m1@cliente.test") == explain(mine, LUIS) == []


def test_a_disconnected_account_answers_from_what_is_stored(mailbox, mine, monkeypatch):
    mailbox.append(letter(subject="Guardada"))
    sync_account(mine.pk)
    EmailAccount.objects.update(state="disconnected", secret="")
    mine.refresh_from_db()
    monkeypatch.setattr(inquiry, "ImapSession", None)
    assert codes(mine, "Guardada") == ["stored"]


def test_the_newest_are_told_first_and_not_more_than_can_be_read(mailbox, mine):
    for n in range(MOST + 5):
        mailbox.append(letter(STRANGER, subject=f"Oferta {n}", minutes=n), "INBOX" if n % 2 else "Archive")
    found = explain(mine, "Oferta")
    assert [one.subject for one in found] == [f"Oferta {n}" for n in range(MOST + 4, 4, -1)]


HOSTILE = [
    'a" OR ALL "',
    "x\r\na1 LOGOUT\r\n",
    "{5}\r\nhello",
    "{5+}",
    "\\",
    '"',
    '\\"',
    "%*",
    "(FLAGS)",
    "\0",
    "ñ\r\nA2 DELETE INBOX",
    "😀" * 300,
    "=?utf-8?q?=0d=0aA1_LOGOUT?=",
    '"a\r\nb"@cliente.test',
    "<a\r\nA1 LOGOUT@x>",
    "\ud800",
    "x" * 100_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_becomes_a_command_or_trouble(mailbox, mine, text):
    mailbox.append(letter(subject="Aquí"))
    before = files(mailbox)
    assert explain(mine, text) == []
    assert files(mailbox) == before


@pytest.mark.parametrize(
    "subject",
    ["Año 2026: 100 % «gratis» {5}", 'Dice "hola" \\ adiós', "Пример темы", "見積書の件", "a" * 400],
)
def test_subjects_in_every_alphabet_are_found_as_they_are_read(mailbox, mine, subject):
    mailbox.append(letter(subject=subject))
    mailbox.append(letter(subject="Otra cosa"))
    found = explain(mine, subject)
    assert [one.subject for one in found] == [subject[: inquiry.SHOWN]]


def test_hostile_headers_are_shown_in_one_line(mailbox, mine):
    mailbox.append(
        b"From: =?utf-8?q?Ana=0d=0a=00=e2=80=ae?= <ana@cliente.test>\r\n"
        b"Subject: Hola =?utf-8?q?=0d=0a=1b[2J=e2=80=ae?= fin\r\nDate: nonsense\r\n\r\nHola\r\n",
        when=DAY,
    )
    (one,) = explain(mine, "Hola")
    assert one.subject.isprintable()
    assert one.sender.isprintable()
    assert one.sent_at == DAY


def test_the_mailbox_is_left_as_it_was_and_nothing_is_written(mailbox, mine):
    mailbox.append(letter(subject="Sin leer"))
    sync_account(mine.pk)
    before = files(mailbox)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert codes(mine, "Sin leer") == ["stored"]
    assert files(mailbox) == before
    assert {query["sql"].split()[0] for query in queries} == {"SELECT"}


def test_a_folder_that_answers_nonsense_makes_the_answer_partial(mailbox, mine, monkeypatch):
    mailbox.append(letter(subject="Aquí"))
    mailbox.append(letter(subject="Aquí"), "Archive")
    original = ImapSession.examine

    def examine(self, name):
        if name == "INBOX":
            self.close()
            raise ProtocolTrouble("bad_answer")
        return original(self, name)

    monkeypatch.setattr(ImapSession, "examine", examine)
    found = explain(mine, "Aquí")
    assert ([one.folder for one in found], found.is_partial) == (["Archive"], True)


def test_a_server_that_makes_no_sense_at_all_is_said_to(mailbox, mine, monkeypatch):
    mailbox.append(letter(subject="Aquí"))

    def find(self, **wanted):
        self.close()
        raise ProtocolTrouble("bad_answer")

    monkeypatch.setattr(ImapSession, "find", find)
    with pytest.raises(ProtocolTrouble):
        explain(mine, "Aquí")


@pytest.mark.parametrize("operations", range(9))
def test_time_that_is_up_makes_the_answer_partial(mailbox, mine, monkeypatch, operations):
    """One to list the folders, then four in each: at whichever it stops, what is known is told."""
    mailbox.append(letter(subject="Aquí"))
    mailbox.append(letter(subject="Aquí"), "Sent")
    left = iter([20.0] * (operations + 1))  # and one to connect
    monkeypatch.setattr(Inquiry, "_left", lambda self: next(left, 0.0))
    found = explain(mine, "Aquí")
    assert ([one.folder for one in found], found.is_partial) == (["INBOX"] if operations >= 5 else [], True)


def test_an_operation_may_take_no_longer_than_what_is_left(mailbox, mine, monkeypatch):
    mailbox.append(letter(subject="Aquí"))
    deadlines = []
    original = ImapSession.find

    def find(self, **wanted):
        deadlines.append(self._deadline.seconds)
        return original(self, **wanted)

    monkeypatch.setattr(ImapSession, "find", find)
    assert codes(mine, "Aquí") == ["not_looked_at"]
    assert len(deadlines) == 1
    assert 0 < deadlines[0] < inquiry.ALTOGETHER


def test_a_server_that_cannot_be_asked_is_an_error_with_a_sentence(mailbox, mine, settings):
    mine.imap_port = 1
    with pytest.raises(Unreachable):
        explain(mine, "Aquí")
    mine.imap_port, mine.secret = mailbox.imap.port, encrypt("wrong")
    with pytest.raises(Refused):
        explain(mine, "Aquí")
    mine.secret = "nonsense"
    with pytest.raises(ImapError) as caught:
        explain(mine, "Aquí")
    assert "Enter it again" in str(caught.value)
    mine.refresh_from_db()
    assert (mine.state, mine.trouble) == ("connected", "")


def test_somebody_at_work_on_the_account_is_no_obstacle(mailbox, mine):
    from escala_email_plugin.sync.lease import claim

    mailbox.append(letter(STRANGER))
    claim(mine.pk)
    assert codes(mine, STRANGER) == ["no_contact"]


def test_a_date_in_the_future_is_not_believed(mailbox, mine):
    mailbox.append(letter(STRANGER, subject="Del futuro", minutes=60 * 24 * 900), when=DAY)
    (one,) = explain(mine, "Del futuro")
    assert one.sent_at == DAY
    assert one.sent_at < timezone.now() + timedelta(days=1)
