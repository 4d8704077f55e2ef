"""The records' rows follow the list of who is no contact: at once, or by the worker where that takes long."""

import pytest

from escala_email_plugin import relinking, worker
from escala_email_plugin.models import RecordAddress, Rule
from sandbox.crm.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ordered(monkeypatch):
    found = []
    monkeypatch.setattr(worker, "reindex", lambda: found.append("reindex"))
    return found


@pytest.fixture
def people(db):
    for n in range(3):
        Person.objects.create(first_name="Ana", last_name="x", email=f"ana{n}@cliente.test")


def no_contact():
    return Rule.objects.create(kind=Rule.Kind.NOT_CONTACT, pattern="cliente.test")


def test_what_is_quickly_done_is_done_at_once(people, ordered):
    rule = no_contact()
    relinking.follow()
    assert not RecordAddress.objects.exists()
    rule.delete()
    relinking.follow(returned=["cliente.test"])
    assert RecordAddress.objects.count() == 3
    assert ordered == []


def test_what_takes_long_is_ordered(people, ordered, monkeypatch):
    monkeypatch.setattr(relinking, "AT_ONCE", 2)
    rule = no_contact()
    relinking.follow()
    assert ordered == ["reindex"]
    RecordAddress.objects.all().delete()
    rule.delete()
    relinking.follow(returned=["cliente.test"])
    assert ordered == ["reindex"] * 2
    monkeypatch.setattr(relinking, "FEW", 1)
    relinking.follow(returned=["a.test", "b.test"])
    assert ordered == ["reindex"] * 3


def test_where_nobody_takes_orders_it_is_done_all_the_same(people, monkeypatch):
    monkeypatch.setattr(worker, "_takes_orders", lambda: False)
    monkeypatch.setattr(relinking, "AT_ONCE", 0)
    no_contact()
    RecordAddress.objects.all().delete()
    Rule.objects.all().delete()
    relinking.follow(returned=["cliente.test"])
    assert RecordAddress.objects.count() == 3
