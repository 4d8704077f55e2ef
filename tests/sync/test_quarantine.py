"""What was set aside, and trying it again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from escala_email_plugin.models import Folder, Message, Quarantined
from escala_email_plugin.sync import fetch, quarantine
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.audit import audit
from sandbox.crm.models import Person
from tests.making import DAY, account, letter

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox(seller):
    return Folder.objects.create(account=account(seller), name="INBOX", uidvalidity=7)


def aside(folder, uid, attempts) -> Quarantined:
    later = timezone.now() + timedelta(days=1)
    return Quarantined.objects.create(
        folder=folder, uidvalidity=7, uid=uid, error="empty", attempts=attempts, next_try=later, arrived=DAY
    )


def test_a_message_that_is_not_tried_any_more_is_tried_once_more(inbox):
    row, other = aside(inbox, 1, 8), aside(inbox, 2, 8)
    assert quarantine.due(inbox.account) == {}
    quarantine.retry(row)
    assert quarantine.due(inbox.account) == {inbox.pk: [1]}
    inbox.account.refresh_from_db()
    assert inbox.account.wanted_at is not None
    other.refresh_from_db()
    assert other.attempts == 8


def test_trying_again_does_not_forget_how_often_it_was_tried(inbox):
    row = aside(inbox, 1, 3)
    quarantine.retry(row)
    row.refresh_from_db()
    assert row.attempts == 3


def test_all_of_an_account_are_tried_again_and_nobody_elses(inbox, colleague):
    theirs = Folder.objects.create(account=account(colleague, "m@andina.test"), name="INBOX", uidvalidity=7)
    aside(inbox, 1, 8)
    aside(inbox, 2, 1)
    aside(theirs, 3, 1)
    quarantine.retry_all(inbox.account)
    assert quarantine.due(inbox.account) == {inbox.pk: [2, 1]}
    assert quarantine.due(theirs.account) == {}


def test_a_message_in_which_only_the_server_sees_a_contact_is_set_aside(world, seller):
    mine = account(seller)
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    # A line that is no header: we stop there, and many servers read on.
    world.put(b"Received: x\r\nrota\r\n" + letter(subject="Ana"))
    world.put(b"Received: x\r\nrota\r\n" + letter("x@otra.test", subject="Ajena"))
    assert sync_account(mine.pk)
    assert Quarantined.objects.get().error == "torn"
    outcome = audit(mine.pk)
    assert (outcome.result["found"], outcome.result["set_aside"], outcome.lost) == (1, 1, 0)


def test_what_ceased_to_concern_a_contact_while_it_was_fetched_is_not_set_aside(world, seller, monkeypatch):
    mine = account(seller)
    ana = Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    world.put(letter())
    original = fetch.parse

    def meanwhile(raw, arrived):
        ana.delete()
        return original(raw, arrived)

    monkeypatch.setattr(fetch, "parse", meanwhile)
    assert sync_account(mine.pk)
    assert not Message.objects.exists()
    assert not Quarantined.objects.exists()
