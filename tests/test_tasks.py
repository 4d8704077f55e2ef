import pytest
from huey.contrib.djhuey import HUEY

from escala_email_plugin import tasks
from tests.making import account

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
    monkeypatch.setattr(tasks, "_sync_account", done.append)
    tasks.sync_account(7)
    HUEY.execute(HUEY.dequeue())
    assert done == [7]


def test_every_minute_one_task_is_ordered_for_each_preview_that_is_waited_for(seller, colleague):
    mine = account(seller, mode="preview")
    account(colleague, "marcos@andina.test")
    tasks.preview_due_accounts.call_local()
    assert [(task.name, task.args) for task in HUEY.pending()] == [("escala_email.preview", (mine.pk,))]


def test_the_worker_finds_the_periodic_tasks():
    names = {task.name for task in HUEY._registry.periodic_tasks}
    assert {"escala_email.sync_due_accounts", "escala_email.preview_due_accounts"} <= names
