"""Who was erased does not come back, whatever the synchronisation does, against a real Dovecot."""

import pytest

from escala_email_plugin.models import (
    EmailAccount,
    Erasure,
    Folder,
    Location,
    Message,
    Participant,
    Quarantined,
)
from escala_email_plugin.privacy import erase_person
from escala_email_plugin.sync import kept_out, record
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.audit import audit
from escala_email_plugin.sync.lookups import spread
from escala_email_plugin.sync.why import explain
from sandbox.crm.models import Person
from tests.making import account_at, letter

from .everything import everything

pytestmark = [pytest.mark.dovecot, pytest.mark.django_db, pytest.mark.usefixtures("attachments")]

CANARY, NAME = "canario@cliente.test", "Canaria Plumón"
SENDER, LUIS = f"{NAME} <{CANARY}>", "Luis Pérez <luis@cliente.test>"


@pytest.fixture(autouse=True)
def contacts():
    Person.objects.create(first_name="Canaria", last_name="Plumón", email=CANARY)
    Person.objects.create(first_name="Luis", last_name="Pérez", email="luis@cliente.test")


@pytest.fixture
def mine(mailbox, seller):
    """A mailbox that was read: hers, one with Luis too, and one of Luis alone."""
    about = {"attachments": [("dni.txt", "text/plain", CANARY.encode())]}
    mailbox.append(letter(SENDER, subject="Sola", text=f"Soy {NAME}.\n", **about))
    mailbox.append(letter(SENDER, LUIS, subject="Con Luis", text=f"Soy {NAME}, {CANARY}.\n", minutes=1))
    mailbox.append(letter(LUIS, subject="De Luis", minutes=2))
    mine = account_at(mailbox, seller)
    sync(mine)
    assert Message.objects.count() == 3
    return mine


def sync(holder) -> None:
    EmailAccount.objects.update(next_try=None)
    assert sync_account(holder.pk)


def erase(address=CANARY) -> Erasure:
    (row,) = erase_person.order([address])
    assert erase_person.erase(row.pk)
    row.refresh_from_db()
    return row


def subjects() -> list[str]:
    return sorted(Message.objects.values_list("subject", flat=True))


def nothing_came_back() -> None:
    assert subjects() == ["Con Luis", "De Luis"]
    left = everything()
    assert "plum" not in left
    assert not Participant.objects.filter(address__value=CANARY).exists()


def test_the_next_synchronisation_brings_nothing_back(mailbox, mine):
    erase()
    Person.objects.filter(email=CANARY).delete()
    mailbox.append(letter(LUIS, subject="Nueva", minutes=9))
    sync(mine)
    assert subjects() == ["Con Luis", "De Luis", "Nueva"]
    Message.objects.filter(subject="Nueva").delete()
    nothing_came_back()
    erase_person.tidy()
    assert CANARY not in everything()
    message = Message.objects.get(subject="Con Luis")
    assert message.text == "Soy […], […].\n"
    assert list(message.participants.values_list("address__value", flat=True)) == ["luis@cliente.test"]


def test_nor_does_a_folder_with_new_numbers(mailbox, mine):
    erase()
    Folder.objects.update(uidvalidity=1)
    Location.objects.update(uidvalidity=1)
    sync(mine)
    nothing_came_back()


def test_nor_the_audit_which_lacks_nothing(mailbox, mine):
    erase()
    outcome = audit(mine.pk)
    assert (outcome.result["missing"], outcome.result["refilled"], outcome.result["gaps"]) == (0, 0, [])
    nothing_came_back()


def test_nor_a_search_for_the_earlier_mail_of_the_same_address(mailbox, mine):
    erase()
    Person.objects.filter(email=CANARY).delete()
    Person.objects.create(first_name="Otra", last_name="Vez", email=CANARY)
    assert spread() == {mine.pk}
    sync(mine)
    nothing_came_back()
    assert not mine.lookups.exists()


def test_nor_a_second_mailbox(dovecot, mailbox, mine, colleague):
    from tests.servers.fixtures import Mailbox

    erase()
    dovecot.add_user("segunda@example.test", "correct horse")
    second = Mailbox(dovecot, "segunda@example.test", "correct horse")
    second.append(letter(SENDER, subject="Sola", text=f"Soy {NAME}.\n"))
    second.append(letter(SENDER, LUIS, subject="Con Luis", text=f"Soy {NAME}, {CANARY}.\n", minutes=1))
    sync(account_at(second, colleague))
    nothing_came_back()


@pytest.mark.parametrize(
    "people",
    [
        {"sender": SENDER, "to": LUIS},
        {"sender": "CANARIO@Cliente.TEST", "to": LUIS},
        {"sender": LUIS, "to": SENDER},
        {"sender": LUIS, "to": "x@y.test", "cc": f"=?utf-8?q?Canaria?= <{CANARY}>"},
        {"sender": LUIS, "to": "x@y.test", "bcc": CANARY},
    ],
)
def test_what_they_write_or_are_written_later_is_not_fetched(mailbox, mine, people):
    erase()
    mailbox.append(letter(subject="Después", minutes=9, **people))
    sync(mine)
    nothing_came_back()


def test_who_is_only_to_be_answered_is_left_out_of_a_message_of_others(mailbox, mine):
    erase()
    Person.objects.filter(email=CANARY).delete()
    mailbox.append(letter(LUIS, subject="Respondan allá", minutes=9, Reply_To=SENDER))
    sync(mine)
    assert "Respondan allá" in subjects()
    assert not Participant.objects.filter(address__value=CANARY).exists()
    erase_person.tidy()
    assert CANARY not in everything()
    assert audit(mine.pk).lost == 0


@pytest.mark.parametrize(
    ("erased", "written"),
    [
        ("maria+casa@cliente.test", "Maria+Casa@CLIENTE.test"),
        ("josé@cliente.test", "josé@cliente.test"),
        ("ana@xn--seor-hqa.test", "ana@señor.test"),
    ],
)
def test_an_address_is_known_in_every_way_it_is_written(mailbox, mine, erased, written):
    erase(erased)
    mailbox.append(f"From: <{written}>\r\nTo: {LUIS}\r\nSubject: Otra\r\n\r\nx\r\n".encode())
    mailbox.append(f"From: <x{written}>\r\nTo: {LUIS}\r\nSubject: Vecina\r\n\r\nx\r\n".encode())
    sync(mine)
    assert "Otra" not in subjects()
    assert "Vecina" in subjects()


def test_why_it_is_not_here_is_told_without_saying_who(mailbox, mine):
    mine.refresh_from_db()
    row = erase()
    (told,) = explain(mine, "Sola")
    assert (told.code, told.addresses, told.erased_at) == ("erased", (), row.erased_at)


def test_who_is_allowed_again_is_fetched_again(mailbox, mine):
    erase()
    assert erase_person.allow_again(CANARY)
    assert spread() == {mine.pk}
    sync(mine)
    assert subjects() == ["Con Luis", "De Luis", "Sola"]
    # What was redacted is not written anew.
    assert NAME not in Message.objects.get(subject="Con Luis").text


def test_what_was_being_fetched_is_not_stored_after_the_erasure_was_ordered(mailbox, mine, monkeypatch):
    """Between the last look at the rules and the moment the addresses are locked."""
    file = ("a.bin", "application/x-x", "plumón".encode())
    mailbox.append(letter(SENDER, LUIS, subject="A la vez", minutes=9, attachments=[file]))
    mailbox.append(letter(LUIS, subject="De otro", minutes=9))
    look, ordered = record.allowed, []

    def looked(taken):
        found = look(taken)
        if not ordered:
            ordered.extend(erase_person.order([CANARY]))
        return found

    monkeypatch.setattr(record, "allowed", looked)
    sync(mine)
    monkeypatch.undo()
    assert ordered
    assert "A la vez" not in subjects()
    assert "De otro" in subjects()
    assert not Quarantined.objects.exists()
    Message.objects.filter(subject="De otro").delete()
    assert erase_person.erase(ordered[0].pk)
    nothing_came_back()


def test_what_cannot_be_read_is_not_set_aside_with_their_bytes(mailbox, mine, monkeypatch):
    from escala_email_plugin.sync.fetch import SetAside

    erase()
    aside = [SetAside(1, "x", letter(SENDER, LUIS)), SetAside(2, "x", letter(LUIS)), SetAside(3, "x")]
    assert [one.uid for one in kept_out.allowed_aside(aside)] == [2, 3]


def test_without_the_key_nothing_is_brought_in_and_nobody_is_forgotten(mailbox, mine, settings, seller):
    from cryptography.fernet import Fernet

    from escala_email_plugin.models import Policy
    from escala_email_plugin.servers.secrets import encrypt
    from escala_email_plugin.sync.keys import rotate

    erase()
    kept = settings.ESCALA_EMAIL["SECRET_KEYS"]
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "SECRET_KEYS": [Fernet.generate_key().decode()]}
    EmailAccount.objects.update(secret=encrypt(mailbox.password), next_try=None)
    mailbox.append(letter(LUIS, subject="Nueva", minutes=9))
    assert not sync_account(mine.pk)
    mine.refresh_from_db()
    assert (mine.state, mine.trouble) == ("waiting", "erasure_key")
    assert mine.next_try is not None
    assert "Nueva" not in subjects()
    assert rotate().is_erasure_key_lost
    lost = settings.ESCALA_EMAIL["SECRET_KEYS"]
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "SECRET_KEYS": [*lost, *kept]}
    before = Policy.objects.get().erasure_key
    rotation = rotate()
    assert not rotation.is_erasure_key_lost
    assert Policy.objects.get().erasure_key != before
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "SECRET_KEYS": lost}
    mine.refresh_from_db()
    assert mine.next_try is None
    sync(mine)
    assert subjects() == ["Con Luis", "De Luis", "Nueva"]


def test_nobody_erased_costs_one_query(mine, django_assert_num_queries):
    from escala_email_plugin.sync import erased

    with django_assert_num_queries(1):
        assert erased.among({"a@b.test", "c@d.test"}) == set()
