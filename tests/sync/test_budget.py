from datetime import timedelta

import pytest
from django.utils import timezone

from escala_email_plugin.models import EmailAccount
from escala_email_plugin.servers.imap import Traffic
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.budget import Budget, OverBudget
from escala_email_plugin.sync.due import due
from sandbox.crm.models import Person
from tests.making import account, account_at, letter

pytestmark = pytest.mark.django_db


@pytest.fixture
def limit(settings):
    """limit(COMMANDS_PER_HOUR=…)"""

    def limit(**limits):
        settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, **limits}

    return limit


def spend(mine, **numbers):
    mine.refresh_from_db()
    budget = Budget(mine)
    try:
        budget.spent(Traffic(**numbers))
    finally:
        budget.save()


def test_workers_draw_on_one_share_until_it_is_used_up(seller, limit):
    limit(COMMANDS_PER_HOUR=10)
    mine = account(seller)
    spend(mine, commands=6)
    spend(mine, commands=4)
    with pytest.raises(OverBudget) as caught:
        spend(mine, commands=1)
    assert 0 < caught.value.retry_after <= 3601
    mine.refresh_from_db()
    assert mine.budget_commands == 11


def test_bytes_count_in_both_directions(seller, limit):
    limit(BYTES_PER_HOUR=100)
    mine = account(seller)
    spend(mine, bytes_in=60, bytes_out=40)
    with pytest.raises(OverBudget):
        spend(mine, bytes_out=1)


def test_the_next_hour_begins_with_a_whole_share(seller, limit):
    limit(COMMANDS_PER_HOUR=10)
    mine = account(seller)
    spend(mine, commands=10)
    EmailAccount.objects.update(budget_hour=timezone.now() - timedelta(hours=2))
    spend(mine, commands=10)
    mine.refresh_from_db()
    assert mine.budget_commands == 10


def test_no_limit_limits_nothing(seller, limit):
    limit(COMMANDS_PER_HOUR=0, BYTES_PER_HOUR=0)
    spend(account(seller), commands=10**9, bytes_in=10**15)


@pytest.mark.dovecot
def test_an_account_over_its_share_is_well_keeps_what_it_has_and_goes_on_in_the_next_hour(
    mailbox, seller, limit
):
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    mailbox.append(letter())
    mine = account_at(mailbox, seller)
    limit(COMMANDS_PER_HOUR=3)
    assert not sync_account(mine.pk)
    mine.refresh_from_db()
    assert (mine.state, mine.trouble, mine.failures) == ("connected", "budget", 0)
    assert mine.next_try > timezone.now()
    EmailAccount.objects.update(wanted_at=timezone.now())
    assert due() == []
    limit(COMMANDS_PER_HOUR=1000)
    EmailAccount.objects.update(next_try=timezone.now())
    assert due() == [mine.pk]
    assert sync_account(mine.pk)
    mine.refresh_from_db()
    assert (mine.trouble, mine.wanted_at) == ("", None)
    assert mine.budget_commands > 3
