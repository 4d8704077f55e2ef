"""Who is no contact for anybody is linked by no record."""

import pytest

from escala_email_plugin.models import Address, RecordAddress, Rule
from escala_email_plugin.record_index import drop_no_contacts, reindex
from sandbox.crm.models import Person, PersonEmail

pytestmark = pytest.mark.django_db


def no_contact(pattern):
    return Rule.objects.create(kind=Rule.Kind.NOT_CONTACT, pattern=pattern)


def held() -> set[str]:
    return set(RecordAddress.objects.values_list("address__value", flat=True))


def test_who_is_no_contact_has_no_row_whoever_is_saved_later():
    no_contact("andina.test")
    person = Person.objects.create(first_name="Lucía", last_name="Ríos", email="Lucia@Andina.test")
    PersonEmail.objects.create(person=person, address="lucia@casa.test")
    assert held() == {"lucia@casa.test"}


def test_the_rows_of_who_becomes_no_contact_go_and_the_address_has_left():
    for name in ("ana@cliente.test", "luis@a.cliente.test", "eva@otra.test"):
        Person.objects.create(first_name=name, last_name="x", email=name)
    no_contact("*.cliente.test")
    assert drop_no_contacts() == 2
    assert held() == {"eva@otra.test"}
    assert Address.objects.get(value="ana@cliente.test").left_at is not None
    assert drop_no_contacts() == 0


def test_reindexing_drops_them_too_and_brings_none_back():
    Person.objects.create(first_name="Ana", last_name="x", email="ana@cliente.test")
    no_contact("ana@cliente.test")
    for _ in range(2):
        list(reindex())
        assert held() == set()
