import gc
from datetime import timedelta

import pytest
from huey.contrib.djhuey import HUEY

from escala_email_plugin import tasks
from escala_email_plugin.models import Address, Beat, Folder, SearchEntry
from escala_email_plugin.sync import beat, erase
from escala_email_plugin.sync.lease import claim
from escala_email_plugin.sync.states import paused
from sandbox.crm.models import Person
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_queue():
    HUEY.flush()
    yield
    HUEY.flush()


def test_every_minute_one_task_is_ordered_for_each_account_that_is_due(seller, colleague):
    mine = account(seller)
    account(colleague, "marcos@andina.test", state="reconnect")
    tasks.sync_due_accounts.call_local()
    assert [(task.name, task.args) for task in HUEY.pending()] == [("escala_email.sync_account", (mine.pk,))]


def test_a_task_does_what_it_was_ordered_for(seller, monkeypatch):
    done = []
    monkeypatch.setattr(tasks, "_sync_account", lambda account_id, shift: done.append(account_id))
    tasks.sync_account(7)
    HUEY.execute(HUEY.dequeue())
    assert done == [7]
    assert orders() == []


def test_every_minute_one_task_is_ordered_for_each_token_that_ends_soon(seller, colleague):
    mine = account(seller, provider="google")
    account(colleague, "marcos@andina.test")
    tasks.renew_access_due.call_local()
    assert orders() == [("escala_email.renew_access", (mine.pk,))]


@pytest.mark.parametrize("mode", ["total", "off"])
def test_a_synchronisation_that_a_renewal_kept_from_beginning_begins_after_it(seller, monkeypatch, mode):
    mine = account(seller, provider="google", mode=mode)
    monkeypatch.setattr(tasks, "_renew_access", lambda account_id: None)
    tasks.renew_access.call_local(mine.pk)
    assert orders() == ([("escala_email.sync_account", (mine.pk,))] if mode == "total" else [])


def test_what_was_paused_goes_to_the_end_of_the_queue(seller, colleague, monkeypatch):
    long, other = account(seller), account(colleague, "marcos@andina.test")
    monkeypatch.setattr(tasks, "_sync_account", lambda account_id, shift: paused(long))
    tasks.sync_account(other.pk)
    tasks.sync_account.call_local(long.pk)
    assert orders() == [("escala_email.sync_account", (pk,)) for pk in (other.pk, long.pk)]


def orders() -> list[tuple]:
    return [(task.name, task.args) for task in HUEY.pending()]


def test_a_new_contact_has_every_account_synchronised_at_once(seller):
    mine = account(seller)
    Folder.objects.create(account=mine, name="INBOX")
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    tasks.spread_lookups.call_local()
    assert orders() == [("escala_email.sync_account", (mine.pk,))]
    assert not Address.objects.filter(sought=True).exists()


def test_a_new_contact_whose_order_was_lost_is_found_within_a_minute(db):
    tasks.spread_lookups_left_over.call_local()
    assert orders() == []
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    tasks.spread_lookups_left_over.call_local()
    assert orders() == [("escala_email.spread_lookups", ())]


def test_forgetting_is_ordered_for_some_time_in_the_night(db):
    tasks.forget_nightly.call_local()
    (task,) = HUEY.pending()
    assert task.name == "escala_email.forget"
    assert task.eta


def test_every_minute_one_task_is_ordered_for_each_preview_that_is_waited_for(seller, colleague):
    mine = account(seller, mode="preview")
    account(colleague, "marcos@andina.test")
    tasks.preview_due_accounts.call_local()
    assert [(task.name, task.args) for task in HUEY.pending()] == [("escala_email.preview", (mine.pk,))]


def test_at_night_one_task_is_ordered_for_each_audit_that_is_due(seller, monkeypatch):
    monkeypatch.setattr(tasks, "audits_due", lambda: [7])
    tasks.audit_due_accounts.call_local()
    (task,) = HUEY.pending()
    assert (task.name, task.args, task.expires) == ("escala_email.audit", (7,), 290)


def test_an_audit_waits_while_somebody_is_at_work_on_its_account(seller):
    mine = account(seller)
    lease = claim(mine.pk)
    tasks.audit.call_local(mine.pk)
    (task,) = HUEY.pending()
    assert (task.name, task.args, bool(task.eta)) == ("escala_email.audit", (mine.pk, 2), True)
    HUEY.flush()
    tasks.audit.call_local(mine.pk, tasks.AUDIT_ATTEMPTS)
    lease.release()
    mine.mode = "off"
    mine.save()
    tasks.audit.call_local(mine.pk)
    assert HUEY.pending() == []


def test_the_worker_finds_the_periodic_tasks():
    names = {task.name for task in HUEY._registry.periodic_tasks}
    assert {
        "escala_email.sync_due_accounts",
        "escala_email.spread_lookups_left_over",
        "escala_email.forget_nightly",
        "escala_email.preview_due_accounts",
        "escala_email.audit_due_accounts",
        "escala_email.beat",
    } <= names


@pytest.mark.django_db(transaction=True)  # the hook lets go of its connection
def test_a_worker_shows_that_it_is_alive_when_it_begins_and_every_minute():
    HUEY._startup["escala_email.beat"]()
    begun = beat.last("worker")
    assert begun
    Beat.objects.update(at=begun - timedelta(minutes=1))
    tasks.beat.call_local()
    assert beat.last("worker") >= begun


def test_a_removal_whose_worker_died_is_ordered_again(seller, colleague):
    mine = account(seller)
    account(colleague, "marcos@andina.test")
    erase.order(mine)
    tasks.erase_due_accounts.call_local()
    assert orders() == [("escala_email.erase", (mine.pk,))]


def test_a_long_removal_goes_to_the_end_of_the_queue(seller, monkeypatch):
    mine = account(seller)
    erase.order(mine)
    monkeypatch.setattr(tasks, "_erase", lambda account_id, shift: False)
    tasks.erase.call_local(mine.pk)
    assert orders() == [("escala_email.erase", (mine.pk,))]
    HUEY.flush()
    monkeypatch.undo()
    tasks.erase.call_local(mine.pk)
    assert orders() == []


def test_a_worker_no_longer_looks_through_what_it_imported():
    before = gc.get_freeze_count()
    try:
        HUEY._startup["escala_email.settle_in"]()
        assert gc.get_freeze_count() > before + 10_000
    finally:
        gc.unfreeze()


def test_a_worker_starts_where_the_authorities_file_is_missing(settings):
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "CA_FILE": "/nowhere/ca.pem"}
    try:
        tasks.settle_in()
    finally:
        gc.unfreeze()


def test_older_mail_is_prepared_for_the_search_each_minute(seller, ana):
    stored(account(seller), letter(subject="Cotización"))
    SearchEntry.objects.all().delete()
    tasks.prepare_search.call_local()
    assert SearchEntry.objects.count() == 1
