"""Which entries are new to a list, and which must not come."""

import pytest

from escala_email_plugin.models import Rule
from escala_email_plugin.privacy import lists
from escala_email_plugin.privacy.proposals import own_domains, propose
from tests.making import account

pytestmark = pytest.mark.django_db

NEVER, NOT_CONTACT = Rule.Kind.NEVER_DOWNLOAD, Rule.Kind.NOT_CONTACT


def test_what_is_there_or_part_of_what_is_there_is_not_new(seller):
    mine = account(seller)
    lists.add(["*.banco.test", "ana@cliente.test"], NEVER, mine)
    lists.add(["otra.test"], NEVER, None)
    found = propose(["ana@cliente.test", "x@a.banco.test", "banco.test", "otra.test"], NEVER, mine)
    assert (found.there, found.covered, found.new) == (
        ["ana@cliente.test"],
        ["x@a.banco.test", "banco.test"],
        ["otra.test"],
    )


@pytest.mark.parametrize("order", [1, -1])
def test_what_another_entry_of_the_same_paste_means_is_not_new(seller, order):
    wanted = ["*.banco.test", "banco.test", "x@a.banco.test", "*.a.banco.test", "otra.test"][::order]
    found = propose(wanted, NEVER, account(seller))
    assert set(found.new) == {"*.banco.test", "otra.test"}
    assert set(found.covered) == {"banco.test", "x@a.banco.test", "*.a.banco.test"}


def test_what_must_not_come_covers_nothing(seller):
    found = propose(["andina.test", "marcos@andina.test"], NEVER, account(seller, "lucia@andina.test"))
    assert (found.own, found.new) == (["andina.test"], ["marcos@andina.test"])


@pytest.mark.parametrize("pattern", ["lucia@andina.test", "andina.test", "*.andina.test"])
def test_ones_own_mailbox_is_never_left_out_altogether(seller, colleague, pattern):
    mine, theirs = account(seller), account(colleague, "marcos@otra.test")
    assert propose([pattern], NEVER, mine).own == [pattern]
    assert propose([pattern], NEVER, None).own == [pattern]
    assert propose([pattern], NEVER, theirs).new == [pattern]
    assert propose([pattern], NOT_CONTACT, mine).new == [pattern]


def test_own_domains_are_those_of_mailboxes_and_staff_where_not_everybody_has_an_address(
    seller, colleague, administrator, django_user_model
):
    mine = account(seller, "lucia@andina.test")
    account(colleague, "marcos@gmail.com")
    django_user_model.objects.create_user("cliente", "ana@cliente.test", "x")  # of the host's shop
    assert own_domains(mine) == ["andina.test"]
    assert set(own_domains(None)) == {"andina.test", "example.test"}
    lists.add(["*.andina.test"], NOT_CONTACT, None)
    assert own_domains(mine) == []
    assert own_domains(None) == ["example.test"]
