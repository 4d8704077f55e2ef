"""A sender whose name says that it is somebody else is marked, and nobody else is."""

import pytest

from escala_email_plugin.models import Address, EmailAccount, Participant
from escala_email_plugin.reading.naming import Ours
from tests.making import account

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours(seller):
    seller.first_name, seller.last_name = "Lucía", "Fernández"
    seller.save()
    account(seller, "lucia@andina.test")
    return Ours.of(EmailAccount.objects.select_related("owner"))


def doubt(ours, name, address="ana@cliente.test") -> str:
    return ours.doubt(Participant(name=name, address=Address(value=address)))


@pytest.mark.parametrize(
    "name", ["", "Ana Gómez", "ana@cliente.test", "Ana (ana@cliente.test)", "Lucía", "a @ b", "Ana @ Cliente"]
)
def test_an_ordinary_name_is_not_marked(ours, name):
    assert doubt(ours, name) == ""


@pytest.mark.parametrize(
    "name",
    ["jefe@otra.test", "Jefe <jefe@otra.test>", '"jefe@otra.test"', "jefe＠otra.test", "(jefe@otra.test)"],
)
def test_a_name_that_is_another_address_is_marked(ours, name):
    assert "is an address" in doubt(ours, name)


def test_a_name_that_is_one_of_our_addresses_is_marked(ours):
    assert "your company's addresses" in doubt(ours, "lucia@andina.test")


@pytest.mark.parametrize(
    "name", ["Lucía Fernández", "LUCIA  FERNANDEZ", "Lucía\u200b Fernández", "Ｌucía Fernández"]
)
def test_a_stranger_named_like_one_of_us_is_marked(ours, name):
    assert "Named like somebody" in doubt(ours, name)


def test_one_of_us_is_not_marked(ours):
    assert doubt(ours, "Lucía Fernández", "lucia@andina.test") == ""
    assert doubt(ours, "jefe@otra.test", "lucia@andina.test") == ""
