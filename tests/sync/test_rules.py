"""Addresses that an account leaves out, and bringing them in after all."""

import pytest

from escala_email_plugin.models import Lookup, Rule
from escala_email_plugin.sync import rules
from escala_email_plugin.sync.account import sync_account
from sandbox.crm.models import Person
from tests.making import account, account_at, letter

pytestmark = pytest.mark.django_db

BANK = "boletin@banco.test"


def test_who_is_left_out_twice_has_one_rule(seller):
    mine = account(seller)
    rules.leave_out(mine, [BANK, BANK])
    rules.leave_out(mine, [BANK])
    assert set(rules.of(mine, set()).never) == {BANK}
    assert Rule.objects.count() == 1


def test_what_a_colleague_leaves_out_stays_the_colleagues(seller, colleague):
    mine, theirs = account(seller), account(colleague, "marcos@andina.test")
    rules.leave_out(theirs, [BANK])
    assert not rules.bring_in(mine, BANK)
    assert set(rules.of(theirs, set()).never) == {BANK}
    assert not Lookup.objects.exists()


def test_who_was_never_left_out_is_not_looked_for(seller):
    assert not rules.bring_in(account(seller), BANK)
    assert not Lookup.objects.exists()


@pytest.mark.dovecot
def test_mail_that_was_left_out_comes_after_all_and_the_earlier_one_too(mailbox, seller):
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    mailbox.append(letter("Ana <ana@cliente.test>", mailbox.user, cc=BANK))
    mailbox.append(letter("Ana <ana@cliente.test>", mailbox.user, minutes=5))
    mine = account_at(mailbox, seller)
    rules.leave_out(mine, [BANK])
    assert sync_account(mine.pk)
    assert mine.locations.count() == 1
    assert rules.bring_in(mine, BANK)
    assert sync_account(mine.pk)
    assert mine.locations.count() == 2
    assert not Lookup.objects.exists()


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
