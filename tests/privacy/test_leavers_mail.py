"""What goes of the mail of who left, when, and by which rule."""

import threading
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection as database
from django.utils import timezone

from escala_email_plugin.models import (
    Attachment,
    EmailAccount,
    ForgottenFile,
    Grant,
    Location,
    Message,
    Policy,
    Quarantined,
    Rule,
    Run,
    Thread,
    ThreadLevel,
)
from escala_email_plugin.privacy import leavers_mail, leaving
from escala_email_plugin.sync import erase, gather
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.visibility import Level
from sandbox.crm.models import Person
from tests.making import account, account_at, letter, stored

pytestmark = pytest.mark.django_db

PDF = ("a.pdf", "application/pdf", b"contrato")


@pytest.fixture
def ana(db):
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


@pytest.fixture
def mine(seller, ana):
    return account(seller)


@pytest.fixture
def theirs(colleague, ana):
    return account(colleague, "marcos@andina.test")


def leave(holder, rule="keep", days=31):
    """Its owner left so many days ago."""
    Policy.objects.update_or_create(pk=1, defaults={"leaver_rule": rule})
    user = holder.owner
    user.is_active = False
    user.save()
    EmailAccount.objects.filter(pk=holder.pk).update(left_at=timezone.now() - timedelta(days=days))


def share(holder, level=Level.EVERYTHING):
    EmailAccount.objects.filter(pk=holder.pk).update(shares=True, level=level)


def goes() -> None:
    """As the nightly tasks do it."""
    for pk in leavers_mail.due():
        assert leavers_mail.remove(pk)
    for pk in erase.due():
        assert erase.erase(pk)


def subjects() -> list[str]:
    return list(Message.objects.order_by("subject").values_list("subject", flat=True))


def texts() -> dict[str, bool]:
    """By subject, whether more than people, date and subject is here."""
    return {one.subject: bool(one.text or one.html or one.snippet) for one in Message.objects.all()}


def decided(message, holder, level):
    ThreadLevel.objects.create(account=holder, thread=message.thread, level=level)


def test_before_their_time_is_over_nothing_goes(mine, seller):
    stored(mine, letter())
    leave(mine, "purge", days=29)
    assert leavers_mail.due() == []
    assert not leavers_mail.remove(mine.pk)
    assert subjects() == ["Póliza"]


@pytest.mark.parametrize("level", [Level.PEOPLE, Level.SUBJECT, Level.EVERYTHING])
def test_what_was_shared_is_kept_as_it_was_shared(mine, level):
    share(mine, level)
    (message,) = stored(mine, letter(attachments=[PDF]))
    leave(mine)
    goes()
    assert texts() == {"Póliza": True}
    assert message.attachments.count() == 1
    assert EmailAccount.objects.get().left_rule == "keep"
    assert leavers_mail.due() == []


def test_what_was_not_shared_goes_with_the_mailbox_that_has_nothing_left(mine):
    stored(mine, letter(attachments=[PDF]))
    leave(mine)
    goes()
    for model in (Message, Location, Thread, Attachment, EmailAccount):
        assert not model.objects.exists()
    assert ForgottenFile.objects.count() == 1


@pytest.mark.parametrize("rule", ["keep", "subject"])
def test_the_conversation_says_more_than_the_mailbox(mine, rule):
    share(mine)
    shown, hidden = stored(mine, letter(subject="A la vista"), letter(subject="Oculta", minutes=9))
    decided(hidden, mine, Level.NOTHING)
    decided(shown, mine, Level.PEOPLE)
    leave(mine, rule)
    goes()
    assert subjects() == ["A la vista"]


def test_one_conversation_may_be_all_that_was_shared(mine):
    shown, _hidden = stored(mine, letter(subject="A la vista"), letter(subject="Oculta", minutes=9))
    decided(shown, mine, Level.SUBJECT)
    leave(mine)
    goes()
    assert subjects() == ["A la vista"]


def test_what_was_granted_to_one_person_stays_until_then_and_goes_with_the_rest(mine, colleague):
    (message,) = stored(mine, letter())
    Grant.objects.create(account=mine, user=colleague, message=message)
    leave(mine, days=1)
    goes()
    assert Message.objects.visible_to(colleague).count() == 1
    EmailAccount.objects.update(left_at=timezone.now() - timedelta(days=31))
    goes()
    assert subjects() == []
    assert not Grant.objects.exists()


def test_of_what_was_shared_only_people_and_subject_stay(mine):
    share(mine)
    stored(mine, letter(attachments=[PDF], html="<p>Hola</p>"))
    leave(mine, "subject")
    goes()
    message = Message.objects.get()
    assert (message.subject, message.text, message.html, message.snippet) == ("Póliza", "", "", "")
    assert message.participants.count() == 2
    assert not Attachment.objects.exists()
    assert ForgottenFile.objects.count() == 1
    assert leavers_mail.due() == []


def test_what_somebody_holds_who_is_here_keeps_everything(mine, theirs, colleague):
    share(mine)
    both, only = letter(subject="Ambos", attachments=[PDF]), letter(subject="Mía", minutes=9)
    stored(mine, both, only)
    stored(theirs, both)
    leave(mine, "subject")
    goes()
    assert texts() == {"Ambos": True, "Mía": False}
    assert Attachment.objects.count() == 1
    assert Message.objects.visible_to(colleague).get().subject == "Ambos"


def test_what_only_leavers_hold_waits_for_the_last_of_them(mine, theirs):
    for holder in (mine, theirs):
        share(holder)
        stored(holder, letter())
    leave(mine, "subject")
    leave(theirs, "subject", days=1)
    goes()
    assert texts() == {"Póliza": True}
    EmailAccount.objects.update(left_at=timezone.now() - timedelta(days=31))
    goes()
    assert texts() == {"Póliza": False}


def test_the_texts_go_too_once_the_mailbox_that_kept_them_is_deleted(mine, theirs):
    share(mine)
    for holder in (mine, theirs):
        stored(holder, letter())
    leave(mine, "subject")
    goes()
    assert texts() == {"Póliza": True}
    erase.order(theirs)
    goes()
    goes()
    assert texts() == {"Póliza": False}


def test_who_connects_later_and_has_it_makes_it_whole_again(mine, theirs, colleague):
    share(mine)
    raw = letter(attachments=[PDF], html="<p>Hola</p>")
    stored(mine, raw)
    leave(mine, "subject")
    goes()
    stored(theirs, raw)
    message = Message.objects.visible_to(colleague).get()
    assert message.text
    assert "Hola" in message.html
    assert message.attachments.count() == 1
    goes()
    assert texts() == {"Póliza": True}


def test_all_of_it_goes_shared_or_not(mine, theirs):
    share(mine)
    both = letter(subject="Ambos")
    stored(mine, both, letter(subject="Mía", minutes=9))
    stored(theirs, both)
    leave(mine, "purge")
    goes()
    assert subjects() == ["Ambos"]
    assert list(EmailAccount.objects.all()) == [theirs]
    assert Location.objects.count() == 1


def test_the_rule_of_the_day_counts_and_not_that_of_now(mine):
    share(mine)
    stored(mine, letter())
    leave(mine, "keep")
    Policy.objects.update(leaver_rule="purge")
    goes()
    assert texts() == {"Póliza": True}


def test_what_could_not_be_read_goes_with_what_the_synchronisation_kept(mine):
    share(mine)
    stored(mine, letter())
    folder = mine.folders.get()
    Quarantined.objects.create(
        folder=folder, uidvalidity=7, uid=90, error="x", raw=b"x", next_try=timezone.now()
    )
    Run.objects.create(account=mine, kind="sync")
    Rule.objects.create(account=mine, kind="not_contact", pattern="banco.test")
    leave(mine)
    goes()
    assert not Quarantined.objects.exists()
    assert not Run.objects.exists()
    assert Rule.objects.count() == 1  # it still says who of what was shared is no contact
    assert texts() == {"Póliza": True}


def test_whose_owner_was_deleted_is_the_same(mine, seller):
    share(mine)
    _shown, hidden = stored(mine, letter(subject="A la vista"), letter(subject="Oculta", minutes=9))
    decided(hidden, mine, Level.NOTHING)
    seller.delete()
    EmailAccount.objects.update(left_at=timezone.now() - timedelta(days=31))
    goes()
    assert subjects() == ["A la vista"]


def test_who_is_back_loses_nothing_though_nobody_has_noticed_it_yet(mine):
    stored(mine, letter())
    leave(mine, "purge")
    get_user_model().objects.update(is_active=True)
    assert leavers_mail.due() == []
    assert not leavers_mail.remove(mine.pk)
    assert subjects() == ["Póliza"]


def test_who_comes_back_while_it_goes_stops_it(mine, monkeypatch):
    monkeypatch.setattr(leavers_mail, "BATCH", 1)
    stored(mine, *[letter(subject=f"{n}", minutes=n) for n in range(4)])
    leave(mine)
    steps = leavers_mail._steps

    def interrupted(*arguments):
        for number, step in enumerate(steps(*arguments)):
            if number == 1:
                get_user_model().objects.update(is_active=True)
            yield step

    monkeypatch.setattr(leavers_mail, "_steps", interrupted)
    assert not leavers_mail.remove(mine.pk)
    assert len(subjects()) == 2
    assert EmailAccount.objects.get().erase_at is None


def test_who_comes_back_after_it_has_what_was_left_and_looks_for_the_rest(mine, seller):
    share(mine)
    _shown, hidden = stored(mine, letter(subject="A la vista"), letter(subject="Oculta", minutes=9))
    decided(hidden, mine, Level.NOTHING)
    leave(mine)
    goes()
    get_user_model().objects.update(is_active=True)
    leaving.mend()
    mine.refresh_from_db()
    assert (mine.left_at, mine.left_rule, mine.sweep_all) == (None, "", True)
    seller.refresh_from_db()
    assert Message.objects.visible_to(seller).get().subject == "A la vista"


def test_who_comes_back_after_all_of_it_went_begins_anew(mine, seller):
    stored(mine, letter())
    leave(mine, "purge")
    goes()
    seller.refresh_from_db()
    seller.is_active = True
    seller.save()
    assert not EmailAccount.objects.exists()


def test_only_one_worker_is_at_it_until_its_lease_is_over(mine):
    stored(mine, letter())
    leave(mine)
    EmailAccount.objects.update(lease_token="x", lease_until=timezone.now() + timedelta(minutes=1))
    assert leavers_mail.due() == []
    assert not leavers_mail.remove(mine.pk)
    EmailAccount.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert leavers_mail.remove(mine.pk)


def test_after_its_shift_it_stops_and_goes_on_later(mine, monkeypatch):
    monkeypatch.setattr(leavers_mail, "BATCH", 1)
    stored(mine, *[letter(subject=f"{n}", minutes=n) for n in range(3)])
    leave(mine)
    assert not leavers_mail.remove(mine.pk, shift=0)
    assert 0 < len(subjects()) < 3
    assert leavers_mail.due() == [mine.pk]
    goes()
    assert subjects() == []


@pytest.mark.django_db(transaction=True)
def test_what_another_mailbox_takes_in_meanwhile_is_kept_whole(seller, colleague, monkeypatch):
    monkeypatch.setattr(leavers_mail, "BATCH", 3)
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    mine, theirs = account(seller), account(colleague, "marcos@andina.test")
    share(mine)
    raws = [letter(subject=f"{n}", minutes=n, attachments=[PDF]) for n in range(30)]
    stored(mine, *raws)
    leave(mine, "subject")
    start = threading.Barrier(2, timeout=10)

    def go():
        try:
            start.wait()
            leavers_mail.remove(mine.pk)
        finally:
            database.close()

    worker = threading.Thread(target=go)
    worker.start()
    start.wait()
    for n, raw in enumerate(raws):
        stored(theirs, raw, folder=f"Carpeta {n % 5}")
    worker.join()
    for message in Message.objects.visible_to(colleague):
        assert message.text
        assert message.attachments.count() == 1
    assert Message.objects.visible_to(colleague).count() == 30


def test_who_leaves_while_a_synchronisation_is_under_way_gets_nothing_more_recorded(seller, mailbox, ana):
    """At a real server: the worker stops before its next write, and what it fetched is not kept."""
    holder = account_at(mailbox, seller)
    for n in range(3):
        mailbox.append(letter(subject=f"{n}", minutes=n))

    def leave_meanwhile(folder, catch, mark, **more):
        get_user_model().objects.get(pk=seller.pk).delete()
        return record(folder, catch, mark, **more)

    record = gather.record
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gather, "record", leave_meanwhile)
        assert not sync_account(holder.pk)
    assert not Message.objects.exists()
    holder.refresh_from_db()
    assert (holder.state, holder.secret, holder.lease_token) == ("disconnected", "", "")
    assert not sync_account(holder.pk)
