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
    assert rules.of(mine, set()).never == {BANK}
    assert Rule.objects.count() == 1


def test_what_a_colleague_leaves_out_stays_the_colleagues(seller, colleague):
    mine, theirs = account(seller), account(colleague, "marcos@andina.test")
    rules.leave_out(theirs, [BANK])
    assert not rules.bring_in(mine, BANK)
    assert rules.of(theirs, set()).never == {BANK}
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
