"""Who was no contact for anybody and is one again is linked by the records that hold the address."""

import pytest

from escala_email_plugin.mail.addresses import canonical
from escala_email_plugin.models import Address, RecordAddress, Rule
from escala_email_plugin.record_holders import bring_back
from sandbox.crm.models import Person

pytestmark = pytest.mark.django_db


def no_contact(pattern):
    return Rule.objects.create(kind=Rule.Kind.NOT_CONTACT, pattern=pattern)


def held() -> set[str]:
    return set(RecordAddress.objects.values_list("address__value", flat=True))


@pytest.mark.parametrize(
    ("pattern", "email"),
    [
        ("ana@cliente.test", "Ana@Cliente.TEST"),
        ("cliente.test", "ana@cliente.test"),
        ("*.cliente.test", "ana@a.cliente.test"),
        ("xn--and-6ma2c.test", "ana@ñandú.test"),
    ],
)
def test_who_is_a_contact_again_gets_the_row_back_and_is_looked_for(pattern, email):
    rule = no_contact(pattern)
    Person.objects.create(first_name="Ana", last_name="x", email=email)
    Person.objects.create(first_name="Eva", last_name="x", email="eva@otra.test")
    assert held() == {"eva@otra.test"}
    Address.objects.update(sought=False)
    rule.delete()
    assert bring_back([pattern], most=5)
    assert held() == {"eva@otra.test", canonical(email)}
    assert [one.value for one in Address.objects.filter(sought=True)] == [canonical(email)]


def test_too_many_of_them_are_left_to_a_worker():
    for n in range(3):
        Person.objects.create(first_name="Ana", last_name="x", email=f"ana{n}@cliente.test")
    RecordAddress.objects.all().delete()
    assert not bring_back(["cliente.test"], most=2)
    assert held() == set()
    assert bring_back(["cliente.test"], most=3)
    assert len(held()) == 3
