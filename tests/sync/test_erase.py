"""A mailbox goes with its stored mail: at once for readers, all of it in the end, and nothing of others."""

import threading
from datetime import timedelta

import pytest
from django.db import connection as database
from django.utils import timezone

from escala_email_plugin.models import (
    Attachment,
    EmailAccount,
    Folder,
    ForgottenFile,
    Location,
    Lookup,
    Message,
    Participant,
    Quarantined,
    Reference,
    Rule,
    Run,
    Tally,
    Thread,
)
from escala_email_plugin.sync import connection, erase
from escala_email_plugin.sync.connection import Wanted
from escala_email_plugin.sync.holdings import holdings
from sandbox.crm.models import Person
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db

PDF = ("a.pdf", "application/pdf", b"contrato")


@pytest.fixture
def ana():
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


@pytest.fixture
def mine(seller):
    return account(seller)


def gone(holder: EmailAccount) -> bool:
    erase.order(holder)
    return erase.erase(holder.pk)


def furnish(holder: EmailAccount) -> None:
    """A row of everything that an account may have."""
    folder = Folder.objects.get(account=holder)
    address = Participant.objects.first().address
    Quarantined.objects.create(
        folder=folder, uidvalidity=7, uid=90, error="x", raw=b"x", next_try=timezone.now()
    )
    Lookup.objects.create(account=holder, address=address)
    Tally.objects.create(account=holder, address=address, checked_at=timezone.now())
    Rule.objects.create(account=holder, pattern="boletin@banco.test")
    Run.objects.create(account=holder, kind="sync")


def test_all_that_is_the_accounts_alone_goes_with_it(mine, ana):
    stored(mine, letter(attachments=[PDF], bcc="jefe@andina.test"), letter(subject="Otra"))
    furnish(mine)
    assert gone(mine)
    for model in (Message, Participant, Location, Attachment, Thread, Reference, Folder, Quarantined):
        assert not model.objects.exists()
    for model in (Lookup, Tally, Rule, Run, EmailAccount):
        assert not model.objects.exists()
    assert ForgottenFile.objects.count() == 1


def test_from_the_order_on_nobody_reads_it_and_nobody_works_on_it(mine, seller, ana):
    stored(mine, letter())
    EmailAccount.objects.update(signature="<p>Lucía</p>", lease_token="somebody's")
    assert Message.objects.visible_to(seller).exists()
    erase.order(mine)
    assert not Message.objects.visible_to(seller).exists()
    mine.refresh_from_db()
    assert (mine.state, mine.secret, mine.access, mine.signature) == ("disconnected", "", "", "")
    assert mine.lease_token == ""


def test_what_another_mailbox_holds_stays_and_loses_only_this_place(mine, seller, colleague, ana):
    theirs = account(colleague, "marcos@andina.test")
    both = letter(subject="Ambos", attachments=[PDF])
    stored(mine, both, letter(subject="Mía"))
    (kept,) = stored(theirs, both)
    assert gone(mine)
    assert [one.subject for one in Message.objects.all()] == ["Ambos"]
    assert list(kept.locations.values_list("account", flat=True)) == [theirs.pk]
    assert kept.attachments.count() == 1
    assert not ForgottenFile.objects.exists()
    assert Message.objects.visible_to(colleague).count() == 1
    assert not Message.objects.visible_to(seller).exists()


def test_a_copy_that_another_mailbox_had_and_lost_keeps_the_message_too(mine, colleague, ana):
    theirs = account(colleague, "marcos@andina.test")
    both = letter()
    stored(mine, both)
    stored(theirs, both)
    theirs.locations.update(gone_at=timezone.now())
    assert gone(mine)
    assert Message.objects.count() == 1


def test_a_bcc_that_only_this_mailbox_showed_is_forgotten(mine, colleague, ana):
    theirs = account(colleague, "marcos@andina.test")
    stored(theirs, letter())
    (message,) = stored(mine, letter(bcc="jefe@andina.test"))
    assert message.locations.count() == 2
    assert gone(mine)
    assert not message.participants.filter(role="bcc").exists()
    assert message.participants.exists()


def test_a_conversation_with_messages_of_others_stays(mine, colleague, ana):
    theirs = account(colleague, "marcos@andina.test")
    stored(mine, letter(message_id="a@cliente.test"))
    stored(theirs, letter(subject="Re: Póliza", message_id="b@cliente.test", reply_to="a@cliente.test"))
    assert Thread.objects.count() == 1
    assert gone(mine)
    assert Thread.objects.get().messages.count() == 1


def test_a_message_in_two_folders_goes_though_a_batch_ends_between_them(mine, ana, monkeypatch):
    monkeypatch.setattr(erase, "BATCH", 1)
    stored(mine, letter())
    stored(mine, letter(), folder="Archivo")
    assert Message.objects.count() == 1
    assert gone(mine)
    assert not Message.objects.exists()


def test_nothing_goes_that_was_not_ordered(mine, ana):
    stored(mine, letter())
    connection.disconnect(mine)
    assert erase.due() == []
    assert not erase.erase(mine.pk)
    assert Message.objects.count() == 1


def test_only_one_worker_is_at_it_until_its_lease_is_over(mine, ana):
    stored(mine, letter())
    erase.order(mine)
    assert erase.due() == [mine.pk]
    EmailAccount.objects.update(lease_token="x", lease_until=timezone.now() + timedelta(minutes=1))
    assert erase.due() == []
    assert not erase.erase(mine.pk)
    EmailAccount.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert erase.erase(mine.pk)


def test_after_its_shift_it_stops_and_goes_on_later(mine, ana, monkeypatch):
    monkeypatch.setattr(erase, "BATCH", 1)
    stored(mine, *[letter(subject=f"{n}") for n in range(3)])
    erase.order(mine)
    assert not erase.erase(mine.pk, shift=0)
    assert 0 < Message.objects.count() < 3
    assert erase.due() == [mine.pk]
    assert erase.erase(mine.pk)
    assert not EmailAccount.objects.exists()


def test_a_worker_that_lost_its_hold_removes_nothing_more(mine, ana):
    stored(mine, letter())
    erase.order(mine)
    EmailAccount.objects.update(lease_token="a", lease_until=timezone.now() + timedelta(minutes=1))
    with pytest.raises(erase.LeaseLost):
        erase._some_messages(erase.ErasingLease(mine.pk, "b"))
    assert Message.objects.count() == 1


@pytest.mark.parametrize("kind", ["personal", "shared", "marketing"])
def test_another_one_can_be_connected_at_once(seller, kind):
    former = account(seller if kind == "personal" else None, kind=kind)
    erase.order(former)
    again = connect(kind, seller, former.address)
    assert again.pk != former.pk
    assert (again.state, again.erase_at) == ("connected", None)
    assert erase.erase(former.pk)
    assert EmailAccount.objects.get() == again


def connect(kind, user, address) -> EmailAccount:
    return connection.connect(kind, user, Wanted(address=address, username=address, password="x"))


@pytest.mark.django_db(transaction=True)
def test_what_is_ordered_to_go_while_it_is_being_connected_again_is_not_brought_back(seller, monkeypatch):
    former = account(seller, state="disconnected")
    looked, ordered = threading.Event(), threading.Event()
    original = connection._former

    def slow(*arguments):
        found = original(*arguments)
        looked.set()
        ordered.wait(2)
        return found

    monkeypatch.setattr(connection, "_former", slow)

    def order():
        looked.wait(5)
        try:
            erase.order(former)
        finally:
            ordered.set()
            database.close()

    thread = threading.Thread(target=order)
    thread.start()
    again = connect("personal", seller, former.address)
    thread.join()
    for row in EmailAccount.objects.all():
        assert row.erase_at is None or (row.state, row.secret) == ("disconnected", "")
    assert erase.due() == [former.pk]
    assert again.address == former.address


# How much it would be


def test_how_much_would_go_is_what_nobody_else_holds(mine, colleague, ana):
    theirs = account(colleague, "marcos@andina.test")
    both = letter(subject="Ambos", attachments=[PDF])
    stored(theirs, both)
    twice = letter(subject="Dos", attachments=[("b.pdf", "application/pdf", b"1234567")])
    stored(mine, both, letter(subject="Mía"), twice)
    stored(mine, twice, folder="Archivo")
    found = holdings(mine)
    assert (found.messages, found.bytes, found.is_more) == (2, 7, False)


def test_counting_stops_somewhere(mine, ana, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("escala_email_plugin.sync.holdings.MOST", 2)
    stored(mine, *[letter(subject=f"{n}") for n in range(3)])
    with django_assert_num_queries(3):
        found = holdings(mine)
    assert (found.messages, found.is_more) == (2, True)


@pytest.mark.django_db(transaction=True)
def test_two_mailboxes_that_go_at_once_leave_nothing_of_what_both_held(seller, colleague, monkeypatch):
    monkeypatch.setattr(erase, "BATCH", 3)
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    both = [account(seller), account(colleague, "marcos@andina.test")]
    raws = [letter(subject=f"{n}", minutes=n) for n in range(30)]
    for holder in both:
        stored(holder, *raws)
        erase.order(holder)
    start = threading.Barrier(2, timeout=10)

    def go(pk):
        try:
            start.wait()
            erase.erase(pk)
        finally:
            database.close()

    workers = [threading.Thread(target=go, args=[holder.pk]) for holder in both]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert not EmailAccount.objects.exists()
    for model in (Message, Location, Thread, Participant):
        assert not model.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_another_mailbox_takes_in_meanwhile_is_kept_whole(seller, colleague, monkeypatch):
    monkeypatch.setattr(erase, "BATCH", 3)
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    mine, theirs = account(seller), account(colleague, "marcos@andina.test")
    raws = [letter(subject=f"{n}", minutes=n) for n in range(30)]
    stored(mine, *raws)
    erase.order(mine)
    start = threading.Barrier(2, timeout=10)

    def go():
        try:
            start.wait()
            erase.erase(mine.pk)
        finally:
            database.close()

    worker = threading.Thread(target=go)
    worker.start()
    start.wait()
    for n, raw in enumerate(raws):
        stored(theirs, raw, folder=f"Carpeta {n % 5}")
    worker.join()
    assert Message.objects.visible_to(colleague).count() == 30
    for message in Message.objects.all():
        assert message.participants.count() == 2
        assert message.locations.exists()
