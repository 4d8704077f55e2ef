"""What an account's messages are decided by: its own lists and everybody's."""

import pytest

from escala_email_plugin.models import Rule
from escala_email_plugin.sync import rules
from tests.making import account

pytestmark = pytest.mark.django_db

BANK = "boletin@banco.test"


def test_who_is_left_out_twice_has_one_rule(seller):
    mine = account(seller)
    rules.leave_out(mine, [BANK, BANK])
    rules.leave_out(mine, [BANK])
    assert set(rules.of(mine, set()).never) == {BANK}
    assert Rule.objects.count() == 1


def test_both_lists_of_the_account_and_of_everybody_count_in_one_query(
    seller, colleague, django_assert_num_queries
):
    mine, theirs = account(seller), account(colleague, "marcos@andina.test")
    rules.leave_out(mine, [BANK])
    rules.leave_out(theirs, ["luis@cliente.test"])
    Rule.objects.create(pattern="*.correo.test")
    Rule.objects.create(pattern="andina.test", kind=Rule.Kind.NOT_CONTACT)
    Rule.objects.create(account=mine, pattern="ana@cliente.test", kind=Rule.Kind.NOT_CONTACT)
    with django_assert_num_queries(1):
        now = rules.of(mine, set())
    assert set(now.never) == {BANK, "*.correo.test"}
    assert set(now.not_contact) == {"andina.test", "ana@cliente.test"}


def test_the_entries_that_mean_somebody_are_told_with_whose_they_are(seller, colleague):
    mine = account(seller)
    rules.leave_out(mine, ["banco.test"])
    rules.leave_out(account(colleague, "marcos@andina.test"), [BANK])
    Rule.objects.create(pattern="*.banco.test")
    Rule.objects.create(pattern="otra.test")
    assert rules.entries_for(mine, Rule.Kind.NEVER_DOWNLOAD, [BANK]) == [
        rules.Entry("banco.test", is_common=False),
        rules.Entry("*.banco.test", is_common=True),
    ]
    assert rules.entries_for(mine, Rule.Kind.NOT_CONTACT, [BANK]) == []
