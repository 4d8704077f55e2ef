"""Rows inserted as plain values are the rows that the ORM would have made."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from escala_email_plugin.models import Address, Location, Reference, Thread
from escala_email_plugin.sync.insert import insert
from tests.making import DAY, account, letter, stored

pytestmark = pytest.mark.django_db


def test_values_come_back_as_they_were_given():
    left = datetime(2026, 3, 3, 4, 5, 6, 789, tzinfo=UTC)
    insert(Address, ["value", "sought", "left_at"], [("ana@x.test", True, left), ("ñ@x.test", False, None)])
    rows = Address.objects.order_by("pk").values_list("value", "sought", "left_at")
    assert list(rows) == [("ana@x.test", True, left), ("ñ@x.test", False, None)]


def test_no_rows_are_no_trouble():
    insert(Address, ["value", "sought"], [])
    assert not Address.objects.exists()


def test_there_may_be_more_rows_than_a_statement_takes():
    insert(Address, ["value", "sought"], [(f"{number}@x.test", False) for number in range(70_000)])
    assert Address.objects.count() == 70_000


def test_a_row_that_is_there_already_stays_as_it_is():
    held = Address.objects.create(value="ana@x.test", sought=True)
    insert(Address, ["value", "sought"], [("ana@x.test", False), ("eva@x.test", False)])
    held.refresh_from_db()
    assert held.sought
    assert Address.objects.count() == 2


PLACE = ["account", "folder", "uidvalidity", "uid", "part", "message"]


def test_a_row_that_is_there_already_may_get_new_values(seller):
    (message,) = stored(account(seller), letter())
    place = Location.objects.get(message=message)
    new = (place.account_id, place.folder_id, place.uidvalidity, place.uid, 0, message.pk, 7, DAY, "", "")
    insert(
        Location,
        [*PLACE, "size", "arrived", "provider_id", "labels"],
        [new],
        unique=["folder", "uidvalidity", "uid", "part"],
        update=["size", "arrived"],
    )
    place.refresh_from_db()
    assert (place.size, place.arrived) == (7, DAY)
    assert Location.objects.count() == 1


def test_what_points_to_nothing_is_refused():
    thread = Thread.objects.create()

    def write():
        with transaction.atomic():
            insert(Reference, ["thread", "message_id"], [(thread.pk + 1, "b@x.test")])
            # SQLite looks at the end of a transaction, and a test is one.
            transaction.get_connection().check_constraints()

    with pytest.raises(IntegrityError):
        write()


def test_a_moment_may_be_of_any_zone():
    local = datetime.fromisoformat("2026-03-03T09:00:00-05:00")
    insert(Address, ["value", "sought", "left_at"], [("ana@x.test", False, local)])
    assert Address.objects.get().left_at == local
