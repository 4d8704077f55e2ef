"""What is captured, beside all else that is done with a mailbox."""

from datetime import datetime

import pytest
from django.utils import timezone

from escala_email_plugin.models import EmailAccount, Location, Message, Run
from escala_email_plugin.privacy import lists
from escala_email_plugin.servers.imap import ImapSession
from escala_email_plugin.sync import connection, lookups, nightly, plan
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.audit import audit
from escala_email_plugin.sync.capture import address
from escala_email_plugin.sync.due import due
from escala_email_plugin.visibility import Level
from sandbox.crm.models import Person
from tests.making import account_at, letter

from .test_forward import inline

pytestmark = [pytest.mark.dovecot, pytest.mark.django_db]


def test_of_a_mailbox_in_partial_mode_only_what_is_captured_comes_in(desk, other_mailbox, seller, ana):
    mine = account_at(other_mailbox, seller)
    connection.switch(mine, EmailAccount.Mode.PARTIAL)
    other_mailbox.append(letter(to=mine.address, subject="En el buzón"))
    desk.bcc(seller, sender=mine.address, subject="Capturado")
    assert not sync_account(mine.pk)
    desk.sync()
    assert mine.pk not in due()
    assert list(Message.objects.values_list("subject", flat=True)) == ["Capturado"]
    assert Location.objects.get().account == mine


def test_what_a_list_left_out_of_it_is_looked_for_when_the_entry_is_taken_off(
    desk, other_mailbox, seller, ana
):
    mine = account_at(other_mailbox, seller)
    lists.add(["ana@cliente.test"], "never", mine)
    desk.bcc(seller)
    desk.sync()
    assert not Message.objects.exists()
    entry = lists.entries(mine, "never").get()
    lists.take_off([entry.pk], "never", mine, bring_in=True)
    desk.sync()
    assert Location.objects.get().account == mine


def test_colleagues_see_of_it_what_its_holder_shares(desk, seller, colleague, ana):
    desk.bcc(seller)
    desk.sync()
    assert not Message.objects.visible_to(colleague, Level.PEOPLE)
    EmailAccount.objects.filter(owner=seller).update(shares=True, level=Level.EVERYTHING)
    assert Message.objects.visible_to(colleague).count() == 1


def test_a_check_of_the_shared_mailbox_misses_nothing_of_what_was_captured(shared_desk, seller, ana):
    former = shared_desk.address(seller)
    shared_desk.bcc(seller, subject="Capturado")
    shared_desk.mailbox.append(letter(to=shared_desk.mailbox.user, subject="De todos", minutes=1))
    shared_desk.sync()
    address.make_new(seller)
    shared_desk.bcc(seller, capture=former, subject="Rechazado", minutes=2)
    shared_desk.sync()
    result = audit(shared_desk.account.pk).result
    assert (result["missing"], result["refilled"], result["held"]) == (0, 0, 1)
    assert Message.objects.count() == 2


def test_a_capture_mailbox_is_checked_by_no_night(desk, seller):
    desk.bcc(seller)
    desk.sync()
    night = timezone.make_aware(datetime(2026, 3, 3, 4, 59), timezone.get_default_timezone())
    assert nightly.due(night) == []
    EmailAccount.objects.filter(pk=desk.account.pk).update(kind="shared")
    assert nightly.due(night) == [desk.account.pk]


def test_a_search_of_a_huge_shared_mailbox_finds_what_was_forwarded_to_it(
    shared_desk, seller, monkeypatch, django_capture_on_commit_callbacks
):
    to = shared_desk.address(seller)
    shared_desk.deliver(inline(seller, to), to)
    shared_desk.sync()
    monkeypatch.setattr(plan, "SMALL_FOLDER", 0)
    monkeypatch.setattr(plan, "is_search_cheaper", lambda messages, addresses: True)
    searched = []
    original = ImapSession.search

    def search(self, low, high, addresses):
        searched.append(sorted(addresses))
        return original(self, low, high, addresses)

    monkeypatch.setattr(ImapSession, "search", search)
    with django_capture_on_commit_callbacks(execute=True):
        Person.objects.create(first_name="Ana", email="ana@cliente.test")
    lookups.spread()
    shared_desk.sync()
    assert searched
    assert Message.objects.get().subject == "Póliza"


def test_other_mailboxes_are_asked_for_no_more_than_before(other_mailbox, seller, ana, monkeypatch):
    address.current(seller)
    asked = []
    original = ImapSession.delivery_headers
    monkeypatch.setattr(
        ImapSession, "delivery_headers", lambda self, uids: asked.append(uids) or original(self, uids)
    )
    mine = account_at(other_mailbox, seller)
    other_mailbox.append(letter())
    assert sync_account(mine.pk)
    assert not asked


def test_a_shared_mailbox_before_anybody_has_a_capture_address_is_neither(shared_desk, ana, monkeypatch):
    asked = []
    monkeypatch.setattr(ImapSession, "delivery_headers", lambda self, uids: asked.append(uids))
    shared_desk.mailbox.append(letter())
    shared_desk.sync()
    assert Message.objects.count() == 1
    assert not asked


def test_a_place_that_left_the_capture_mailbox_stays_with_its_holder(desk, seller, ana):
    uid = desk.bcc(seller)
    desk.sync()
    desk.mailbox.expunge(uid)
    desk.sync()
    assert Location.objects.get().gone_at
    assert Message.objects.visible_to(seller).count() == 1


def test_it_is_read_at_once_and_needs_no_preview(seller):
    made = connection.connect(
        "capture", seller, connection.Wanted("crm@andina.test", "crm@andina.test", "x", "localhost")
    )
    assert made.mode == "total"
    assert made.owner is None
    assert due() == [made.pk]
    assert not Run.objects.exists()
