"""Which of many addresses are those of the host's records."""

import pytest

from escala_email_plugin import addresses
from sandbox.crm.models import Person

pytestmark = pytest.mark.django_db

STRANGERS = {f"stranger.{number}@x.test" for number in range(addresses.MANY)}


def contacts(count: int) -> set[str]:
    """As many people with an address; Person's signals keep the index."""
    found = {f"contact.{number}@y.test" for number in range(count)}
    for one in found:
        Person.objects.create(first_name="Contact", last_name=one, email=one)
    return found


@pytest.mark.parametrize("others", [set(), STRANGERS])
@pytest.mark.parametrize("count", [0, 3])
def test_the_few_contacts_among_strangers_are_known(count, others):
    held = contacts(count)
    addresses.ids(others)
    assert addresses.known(held | others) == held


def test_where_the_records_have_more_addresses_only_those_asked_about_are_known():
    held = contacts(addresses.MANY + 5)
    some = set(sorted(held)[:3])
    asked = some | set(sorted(STRANGERS)[:-3])
    assert len(asked) == addresses.MANY
    assert addresses.known(asked) == some


def test_an_address_that_is_no_record_s_any_more_is_not_known():
    held = contacts(2)
    Person.objects.all().delete()
    assert addresses.known(held | STRANGERS) == set()
