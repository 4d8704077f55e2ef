"""Addresses that come to the host's records and leave them are marked in the host's own transaction."""

import threading

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from huey.contrib.djhuey import HUEY

from escala_email_plugin.models import Address, RecordAddress
from escala_email_plugin.record_index import reindex
from escala_email_plugin.sync.lookups import spread
from sandbox.crm.models import Company, Person, PersonEmail
from tests.host.models import Desk, Project

pytestmark = pytest.mark.django_db

ANA = "ana@cliente.test"


@pytest.fixture
def ana():
    return Person.objects.create(first_name="Ana", last_name="Gómez", email=ANA)


@pytest.fixture
def told(ana):
    """Ana, whose address the accounts were told of."""
    Address.objects.update(sought=False)
    return ana


@pytest.fixture
def queue():
    HUEY.flush()
    yield HUEY
    HUEY.flush()


def marks(value: str = ANA) -> str:
    """``"sought"``, ``"left"``, ``""`` for neither."""
    address = Address.objects.get(value=value)
    assert not (address.sought and address.left_at)
    return "sought" if address.sought else "left" if address.left_at else ""


def test_an_address_that_a_record_brings_is_sought(ana):
    assert marks() == "sought"


def test_a_stranger_who_becomes_a_contact_is_sought():
    Address.objects.create(value=ANA)
    Person.objects.create(first_name="Ana", last_name="Gómez", email=ANA)
    assert marks() == "sought"


def test_an_address_that_another_record_has_already_is_not_sought_again(told):
    company = Company.objects.create(name="Cliente S.A.", email=ANA)
    told.company = company
    told.save()
    assert marks() == ""


def test_an_address_leaves_with_its_last_record_only(told):
    company = Company.objects.create(name="Cliente S.A.", email=ANA)
    told.delete()
    assert marks() == ""
    company.delete()
    assert marks() == "left"


def test_a_changed_address_leaves_and_the_new_one_is_sought(told):
    told.email = "ana.gomez@cliente.test"
    told.save()
    assert (marks(), marks("ana.gomez@cliente.test")) == ("left", "sought")


def test_an_address_that_leaves_before_anybody_was_told_is_not_sought_any_more(ana):
    ana.delete()
    assert marks() == "left"


def test_an_address_that_comes_back_is_sought_again_and_has_not_left(told):
    told.email = ""
    told.save()
    told.email = ANA
    told.save()
    assert marks() == "sought"


def test_an_address_behind_a_relation_comes_and_leaves_with_the_relation():
    project, desk = Project.objects.create(), Desk.objects.create(email="desk@x.test")
    project.desks.add(desk)
    assert marks("desk@x.test") == "sought"
    project.desks.clear()
    assert marks("desk@x.test") == "left"


def test_a_row_that_changes_hands_neither_leaves_nor_is_sought(told):
    berta = Person.objects.create(first_name="Berta", last_name="Ruiz")
    other = PersonEmail.objects.create(person=told, address="casa@casa.test")
    Address.objects.update(sought=False)
    other.person = berta
    other.save()
    assert marks("casa@casa.test") == ""


@pytest.mark.parametrize("deleted_first", [True, False])
def test_merging_a_contact_into_another_does_not_let_its_address_go(told, deleted_first):
    berta = Person.objects.create(first_name="Berta", last_name="Ruiz")
    berta.email = ANA
    for step in (told.delete, berta.save) if deleted_first else (berta.save, told.delete):
        with transaction.atomic():
            step()
    assert marks() == ("sought" if deleted_first else "")


def test_nothing_is_marked_by_a_transaction_that_is_rolled_back(
    told, queue, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        told.delete()
        Person.objects.create(first_name="Luis", last_name="Paz", email="luis@cliente.test")
        transaction.set_rollback(True)
    assert marks() == ""
    assert not Address.objects.filter(value="luis@cliente.test").exists()
    assert queue.pending() == []


def test_reindex_marks_what_bulk_writes_hid(told):
    Person.objects.create(first_name="Berta", last_name="Ruiz", email="berta@cliente.test")
    Person.objects.filter(pk=told.pk)._raw_delete("default")
    Person.objects.bulk_create([Person(first_name="Luis", last_name="Paz", email="luis@cliente.test")])
    Address.objects.update(sought=False)
    list(reindex())
    assert (marks(), marks("luis@cliente.test"), marks("berta@cliente.test")) == ("left", "sought", "")


def test_reindex_lets_the_addresses_of_a_module_go_that_is_declared_no_more(told):
    RecordAddress.objects.update(content_type=ContentType.objects.get_for_model(ContentType))
    Person.objects.filter(pk=told.pk)._raw_delete("default")
    list(reindex())
    assert marks() == "left"


def test_a_save_that_changes_no_address_costs_nothing_more(told):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        told.first_name = "Anita"
        told.save()
    ours = [one["sql"] for one in queries if "escala_email_" in one["sql"]]
    # Each module that may have the address asks once which addresses its records have, and that is all.
    assert all(sql.startswith("SELECT") and "recordaddress" in sql for sql in ours)
    assert not any("sought" in sql or "left_at" in sql for sql in ours)
    assert len(ours) == len(set(ours))


def test_an_import_costs_a_constant_number_of_queries_a_batch():
    def cost(start: int, end: int) -> int:
        Person.objects.bulk_create(
            Person(first_name="N", last_name=str(n), email=f"n{n}@masa.test") for n in range(start, end)
        )
        with CaptureQueriesContext(connection) as queries:
            list(reindex())
        assert Address.objects.filter(sought=True).count() == end
        return len(queries)

    idle = cost(0, 0)
    one, more = cost(0, 500), cost(500, 3000)
    assert one - idle < 30
    assert more - idle < 7 * 30


# The order to the worker


def test_many_saves_in_one_transaction_give_one_order(queue, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for n in range(100):
            Person.objects.create(first_name="N", last_name=str(n), email=f"n{n}@masa.test")
        assert queue.pending() == []
    assert [task.name for task in queue.pending()] == ["escala_email.spread_lookups"]


def test_many_transactions_give_no_further_order_until_the_first_was_carried_out(
    queue, django_capture_on_commit_callbacks
):
    def save(n: int) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            Person.objects.create(first_name="N", last_name=str(n), email=f"n{n}@masa.test")

    for n in range(5):
        save(n)
    assert len(queue.pending()) == 1
    spread()
    save(5)
    assert len(queue.pending()) == 2


def test_an_order_survives_a_savepoint_that_is_rolled_back(queue, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            Person.objects.create(first_name="Luis", last_name="Paz", email="luis@cliente.test")
            transaction.set_rollback(True)
        Person.objects.create(first_name="Ana", last_name="Gómez", email=ANA)
    assert len(queue.pending()) == 1


def test_a_host_whose_queue_is_out_of_order_saves_its_contacts(
    queue, django_capture_on_commit_callbacks, monkeypatch
):
    def refuse(*arguments, **options):
        raise ConnectionError

    monkeypatch.setattr(HUEY.storage, "enqueue", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        Person.objects.create(first_name="Ana", last_name="Gómez", email=ANA)
    assert marks() == "sought"


def test_a_host_that_works_without_a_worker_is_not_made_to_read_mailboxes(
    queue, django_capture_on_commit_callbacks, monkeypatch
):
    monkeypatch.setattr(HUEY, "immediate", True)
    with django_capture_on_commit_callbacks(execute=True):
        Person.objects.create(first_name="Ana", last_name="Gómez", email=ANA)
    assert marks() == "sought"


def test_a_host_without_huey_saves_its_contacts(queue, django_capture_on_commit_callbacks, settings):
    del settings.HUEY
    with django_capture_on_commit_callbacks(execute=True) as orders:
        Person.objects.create(first_name="Ana", last_name="Gómez", email=ANA)
    assert len(orders) == 1
    assert queue.pending() == []
    assert marks() == "sought"


# Two at once


def beside(action) -> threading.Thread:
    """Run ``action`` in a transaction of another connection, as far as it comes in a moment."""

    def run() -> None:
        try:
            with transaction.atomic():
                action()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(0.3)
    return thread


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_the_last_two_records_at_once_the_second_lets_the_address_go(told):
    company = Company.objects.create(name="Cliente S.A.", email=ANA)
    with transaction.atomic():
        told.delete()
        other = beside(company.delete)
    other.join()
    assert marks() == "left"


@pytest.mark.django_db(transaction=True)
def test_an_address_that_one_brings_while_another_takes_it_is_found_again(told):
    with transaction.atomic():
        Company.objects.create(name="Cliente S.A.", email=ANA)
        other = beside(told.delete)
    other.join()
    spread()
    assert marks() == ""
