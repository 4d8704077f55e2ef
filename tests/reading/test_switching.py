"""Switch a module off and on, and how much it is about."""

import pytest

from escala_email_plugin.models import ModuleSwitch
from escala_email_plugin.modules import is_on, module_of
from escala_email_plugin.reading import switching
from escala_email_plugin.reading.switching import Size, size, switch
from sandbox.crm.models import Company, Person
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db


def test_a_module_goes_off_and_comes_on_again_and_says_whether_anything_changed():
    person = module_of(Person)
    assert switch(person, True) is None
    assert not ModuleSwitch.objects.exists()
    assert switch(person, False).is_on is False
    assert not is_on(Person)
    assert is_on(Company)
    assert switch(person, False) is None
    assert switch(person, True).is_on is True
    assert is_on(Person)


def test_records_are_counted_and_messages_about(seller, ana, django_assert_num_queries):
    ana.other_emails.create(address="ana@casa.test")
    Person.objects.create(first_name="Eva", last_name="Díaz")
    both = letter(to="lucia@andina.test", cc="ana@casa.test")
    stored(account(seller), both, letter(subject="Otra"), letter(sender="otra@x.test", subject="Tercera"))
    person = module_of(Person)
    with django_assert_num_queries(2):
        assert size(person) == Size(1, False, 10, False)
    assert size(module_of(Company)) == Size(0, False, 0, False)


def test_counting_stops_at_a_bound_and_says_so(seller, ana, monkeypatch):
    monkeypatch.setattr(switching, "COUNTED", 12)
    mine = account(seller)
    stored(mine, *[letter(subject=f"{number}") for number in range(12)])
    assert size(module_of(Person)) == Size(1, False, 10, False)
    assert size(module_of(Person)).is_rough
    stored(mine, letter(subject="Una más"))
    assert size(module_of(Person)) == Size(1, False, 10, True)
    assert not size(module_of(Person)).is_rough


def test_a_blind_copy_is_not_counted(seller, ana):
    stored(account(seller), letter(sender="otra@x.test", bcc="ana@cliente.test"))
    assert size(module_of(Person)).messages == 0


@pytest.mark.parametrize(
    ("number", "told"),
    [(0, 0), (1, 10), (14, 10), (15, 20), (44, 40), (149, 100), (150, 200), (8_651, 9_000)],
)
def test_the_number_of_messages_is_a_round_one(number, told):
    assert switching._nearly(number) == told
