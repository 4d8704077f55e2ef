"""Mail that concerns no record any more goes after the time of grace, and not a day before."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from escala_email_plugin.models import (
    Address,
    Attachment,
    ForgottenFile,
    Location,
    Lookup,
    Message,
    Participant,
    Reference,
    Tally,
    Thread,
)
from escala_email_plugin.storage import attachment_storage
from escala_email_plugin.sync import forget as forgetting
from escala_email_plugin.sync import persistence
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.forget import forget
from escala_email_plugin.sync.lookups import spread
from sandbox.crm.models import Company, Person
from tests.making import account, account_at, letter, stored

pytestmark = pytest.mark.django_db

LUCIA = "lucia@andina.test"
MARCOS = "marcos@andina.test"


def person(name: str) -> Person:
    return Person.objects.create(first_name=name.title(), last_name="X", email=f"{name}@cliente.test")


@pytest.fixture
def ana():
    return person("ana")


@pytest.fixture
def mine(seller):
    return account(seller)


def days_pass(days: float) -> None:
    """Let whatever left have left so many days earlier."""
    for pk, left_at in Address.objects.filter(left_at__isnull=False).values_list("pk", "left_at"):
        Address.objects.filter(pk=pk).update(left_at=left_at - timedelta(days=days))


def a_day_passes() -> None:
    """Let the files that were noted have waited long enough."""
    ForgottenFile.objects.update(since=timezone.now() - timedelta(days=1, minutes=1))


def subjects() -> list[str]:
    return sorted(Message.objects.values_list("subject", flat=True))


# What goes, and when


def test_mail_of_a_deleted_contact_goes_after_the_time_of_grace_with_all_that_is_its_own(mine, ana):
    stored(mine, letter(bcc="jefe@andina.test", attachments=[("a.pdf", "application/pdf", b"contrato")]))
    ana.delete()
    days_pass(31)
    assert forget().messages == 1
    for model in (Message, Participant, Location, Attachment, Thread, Reference):
        assert not model.objects.exists()
    assert not Address.objects.filter(left_at__isnull=False).exists()


def test_within_the_time_of_grace_nothing_goes(mine, ana):
    stored(mine, letter())
    ana.delete()
    days_pass(29)
    assert forget().messages == 0
    assert subjects() == ["Póliza"]


def test_the_time_of_grace_is_a_setting(mine, ana, settings):
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "GRACE_DAYS": 90}
    stored(mine, letter())
    ana.delete()
    days_pass(89)
    assert forget().messages == 0
    days_pass(2)
    assert forget().messages == 1


def test_a_time_of_grace_that_is_none_removes_nothing(mine, ana, settings):
    stored(mine, letter())
    ana.delete()
    days_pass(31)
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "GRACE_DAYS": -1}
    with pytest.raises(ImproperlyConfigured):
        forget()
    assert subjects() == ["Póliza"]


def test_a_contact_who_comes_back_in_time_has_everything_on_the_page_at_once(mine, ana, seller):
    stored(mine, letter())
    ana.delete()
    days_pass(29)
    ana = person("ana")
    days_pass(29)
    assert forget().messages == 0
    assert Message.objects.visible_to(seller).filter(participants__address__value=ana.email).count() == 1


def test_mail_that_another_contact_took_part_in_stays_until_that_one_has_left_too(mine, ana):
    luis = person("luis")
    stored(mine, letter(subject="A los dos", cc="luis@cliente.test"), letter(subject="A Ana"))
    ana.delete()
    days_pass(31)
    assert forget().messages == 1
    assert subjects() == ["A los dos"]
    luis.delete()
    days_pass(31)
    assert forget().messages == 1
    assert subjects() == []


def test_mail_stays_while_another_contact_of_it_may_still_come_back(mine, ana):
    luis = person("luis")
    stored(mine, letter(cc="luis@cliente.test"))
    ana.delete()
    days_pass(26)
    luis.delete()
    days_pass(5)
    assert forget().messages == 0
    days_pass(26)
    assert forget().messages == 1


def test_mail_in_which_a_contact_is_a_blind_copy_stays(mine, ana):
    person("luis")
    stored(mine, letter(bcc="luis@cliente.test"))
    ana.delete()
    days_pass(31)
    assert forget().messages == 0


def test_a_sellers_own_address_keeps_nothing_even_when_a_record_has_it(mine, ana):
    Person.objects.create(first_name="Lucía", last_name="Y", email=LUCIA)
    stored(mine, letter())
    ana.delete()
    days_pass(31)
    assert forget().messages == 1


def test_a_seller_who_is_a_contact_keeps_what_a_colleagues_account_holds(mine, colleague, ana):
    # The colleague's account would take it today: there the seller is a contact like any other.
    Person.objects.create(first_name="Lucía", last_name="Y", email=LUCIA)
    raw = letter(cc=MARCOS)
    stored(mine, raw)
    stored(account(colleague, MARCOS), raw)
    ana.delete()
    days_pass(31)
    assert forget().messages == 0


def test_who_merely_sent_for_somebody_brings_no_mail_to_its_end(mine, ana):
    # Sender is no correspondent: such mail was never taken for Ana.
    stored(mine, b"Sender: ana@cliente.test\r\n" + letter("Luis <luis@cliente.test>"))
    ana.delete()
    days_pass(31)
    assert forget().messages == 0


def test_a_moved_contact_loses_nothing(mine, ana):
    stored(mine, letter())
    with transaction.atomic():
        ana.delete()
        Company.objects.create(name="Cliente S.A.", email="ana@cliente.test")
    days_pass(31)
    assert forget().messages == 0


def test_what_is_left_of_a_conversation_stays_a_conversation(mine, ana):
    luis = person("luis")
    first = letter(message_id="1@x.test", subject="Uno", cc="luis@cliente.test")
    second = letter(message_id="2@x.test", subject="Dos", reply_to="1@x.test")
    third = letter(
        "luis@cliente.test",
        message_id="3@x.test",
        subject="Tres",
        reply_to="2@x.test",
        references=["1@x.test"],
    )
    stored(mine, first, second, third)
    ana.delete()
    days_pass(31)
    assert forget().messages == 1
    assert subjects() == ["Tres", "Uno"]
    assert Message.objects.values("thread").distinct().count() == Thread.objects.count() == 1
    person("ana")
    stored(mine, first, second, folder="Archive")
    assert Thread.objects.count() == 1
    luis.delete()


def test_what_was_still_to_be_done_for_a_forgotten_address_is_not_done(mine, ana):
    address = Address.objects.get(value="ana@cliente.test")
    Lookup.objects.create(account=mine, address=address)
    Tally.objects.create(account=mine, address=address, checked_at=timezone.now())
    ana.delete()
    days_pass(31)
    forget()
    assert not Lookup.objects.exists()
    assert not Tally.objects.exists()


def test_an_address_that_left_by_mistake_is_looked_for_again(mine, ana):
    # What two transactions at once can leave behind: a record, and the mark that there is none.
    stored(mine, letter())
    Address.objects.filter(value="ana@cliente.test").update(
        sought=False, left_at=timezone.now() - timedelta(days=40)
    )
    assert forget().messages == 0
    address = Address.objects.get(value="ana@cliente.test")
    assert (address.sought, address.left_at) == (True, None)


@pytest.mark.dovecot
def test_a_forgotten_contact_who_comes_back_is_looked_for_and_found(mailbox, seller, ana):
    mine = account_at(mailbox, seller)
    mailbox.append(letter(subject="De Ana"))
    assert sync_account(mine.pk)
    ana.delete()
    days_pass(31)
    forget()
    assert subjects() == []
    person("ana")
    assert spread() == {mine.pk}
    assert sync_account(mine.pk)
    assert subjects() == ["De Ana"]
    assert Location.objects.count() == 1
    assert not Lookup.objects.exists()


@pytest.mark.dovecot
def test_mail_that_came_while_a_contact_was_away_is_found_too(mailbox, seller, ana):
    mine = account_at(mailbox, seller)
    mailbox.append(letter(subject="Antes"))
    assert sync_account(mine.pk)
    ana.delete()
    mailbox.append(letter(subject="Entretanto", minutes=1))
    assert sync_account(mine.pk)
    days_pass(20)
    person("ana")
    spread()
    assert sync_account(mine.pk)
    assert subjects() == ["Antes", "Entretanto"]


# In bounded pieces, beside others


def test_a_long_history_goes_in_batches(mine, ana, monkeypatch):
    monkeypatch.setattr(forgetting, "BATCH", 3)
    person("luis")
    stored(
        mine,
        *(letter(subject="Ana", text=f"{n}") for n in range(7)),
        *(letter(subject="Los dos", text=f"{n}", cc="luis@cliente.test") for n in range(7)),
    )
    ana.delete()
    days_pass(31)
    assert forget().messages == 7
    assert subjects() == ["Los dos"] * 7


def test_many_addresses_go_in_batches(mine, monkeypatch):
    monkeypatch.setattr(forgetting, "BATCH", 3)
    people = [person(f"n{n}") for n in range(8)]
    stored(mine, *(letter(one.email, text=f"{n}") for n, one in enumerate(people)))
    Person.objects.all().delete()
    days_pass(31)
    assert forget().messages == 8
    assert not Address.objects.filter(left_at__isnull=False).exists()


def test_a_batch_costs_a_constant_number_of_queries(mine):
    def cost(messages: int) -> int:
        one = person(f"n{messages}")
        attachments = [("a.txt", "text/plain", b"%d" % messages)]
        stored(mine, *(letter(one.email, text=f"{n}", attachments=attachments) for n in range(messages)))
        one.delete()
        days_pass(31)
        with CaptureQueriesContext(connection) as queries:
            assert forget().messages == messages
        return len(queries)

    assert cost(150) < cost(15) + 10


def test_a_worker_that_dies_leaves_the_rest_for_the_next(mine, ana, monkeypatch):
    monkeypatch.setattr(forgetting, "BATCH", 2)
    stored(mine, *(letter(subject=f"{n}", minutes=n) for n in range(6)))
    ana.delete()
    days_pass(31)
    original, rounds = forgetting._remove, []

    def remove(messages, before):
        rounds.append(messages)
        if len(rounds) == 2:
            raise MemoryError("the worker dies here")
        return original(messages, before)

    monkeypatch.setattr(forgetting, "_remove", remove)
    with pytest.raises(MemoryError):
        forget()
    assert subjects() == ["2", "3", "4", "5"]
    assert forget().messages == 4


def test_a_transaction_that_had_to_yield_is_tried_again(mine, ana, monkeypatch):
    stored(mine, letter())
    ana.delete()
    days_pass(31)
    original, lost = forgetting._remove, []

    def remove(messages, before):
        if not lost:
            lost.append(1)
            raise OperationalError("deadlock detected")
        return original(messages, before)

    monkeypatch.setattr(forgetting, "_remove", remove)
    monkeypatch.setattr(persistence, "PAUSES", (0, 0))
    assert forget().messages == 1


def beside(action) -> threading.Thread:
    """Run ``action`` on another connection, as far as it comes in a moment."""

    def run() -> None:
        try:
            action()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(0.3)
    return thread


@pytest.mark.django_db(transaction=True)
def test_a_contact_who_comes_back_while_the_mail_goes_keeps_it_or_has_it_looked_for(mine, ana):
    stored(mine, letter())
    ana.delete()
    days_pass(31)
    with transaction.atomic():
        person("ana")
        other = beside(forget)
    other.join()
    address = Address.objects.get(value="ana@cliente.test")
    assert (address.sought, address.left_at) == (True, None)
    assert subjects() == ["Póliza"]


@pytest.mark.django_db(transaction=True)
def test_a_conversation_that_was_joined_to_another_meanwhile_goes_from_there(mine, ana):
    (message,) = stored(mine, letter())
    ana.delete()
    with transaction.atomic():
        elder = Thread.objects.create()
        Message.objects.filter(pk=message.pk).update(thread=elder)
        message.thread.delete()
        other = beside(lambda: forgetting._remove([message.pk], timezone.now()))
    other.join()
    assert not Message.objects.exists()
    assert not Thread.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_message_recorded_while_it_goes_is_there_afterwards(mine, colleague, ana):
    raw = letter(attachments=[("a.pdf", "application/pdf", b"contrato")])
    theirs = account(colleague, MARCOS)
    (message,) = stored(mine, raw)
    ana.delete()
    with transaction.atomic():
        assert forgetting._remove([message.pk], timezone.now()) == 1
        other = beside(lambda: stored(theirs, raw))
    other.join()
    message = Message.objects.get()
    assert message.locations.get().account == theirs
    assert message.participants.count() == 2
    a_day_passes()
    assert forget().files == 0
    with message.attachments.get().file.open() as file:
        assert file.read() == b"contrato"


# Files


def test_a_file_goes_a_day_after_its_last_attachment(mine, ana):
    stored(mine, letter(attachments=[("a.pdf", "application/pdf", b"adios")]))
    name, storage = Attachment.objects.get().file.name, attachment_storage()
    ana.delete()
    days_pass(31)
    assert forget().files == 0
    assert ForgottenFile.objects.get().name == name
    assert storage.exists(name)
    a_day_passes()
    assert forget().files == 1
    assert not storage.exists(name)
    assert not ForgottenFile.objects.exists()


def test_a_file_that_another_message_has_too_stays(mine, ana):
    person("luis")
    logo = [("logo.png", "image/png", b"el logo")]
    stored(mine, letter(attachments=logo), letter("luis@cliente.test", attachments=logo))
    ana.delete()
    days_pass(31)
    assert forget().messages == 1
    assert not ForgottenFile.objects.exists()
    a_day_passes()
    forget()
    with Attachment.objects.get().file.open() as file:
        assert file.read() == b"el logo"


def test_the_command_says_what_it_removed(mine, ana, capsys):
    stored(mine, letter())
    ana.delete()
    days_pass(31)
    call_command("escala_email", "forget")
    assert capsys.readouterr().out == "1 messages and 0 files removed.\n"
