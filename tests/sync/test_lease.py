from datetime import timedelta

import pytest
from django.utils import timezone

from escala_email_plugin.models import EmailAccount
from escala_email_plugin.sync.due import due
from escala_email_plugin.sync.lease import ALIVE, READ, LeaseLost, claim
from tests.making import account, at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(seller):
    return account(seller)


def expire(mine):
    EmailAccount.objects.filter(pk=mine.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_only_one_worker_gets_an_account(mine):
    assert claim(mine.pk)
    assert claim(mine.pk) is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("whose", [READ, ALIVE])
def test_nor_does_who_comes_while_another_is_about_to_get_it(mine, whose):
    first, second = at_once(lambda: claim(mine.pk, whose=whose))
    assert first
    assert second is None
    first.renew()


def test_a_lease_that_is_let_go_can_be_claimed_again(mine):
    claim(mine.pk).release()
    assert claim(mine.pk)


def test_the_lease_of_a_dead_worker_ends_by_itself_and_the_dead_cannot_write_any_more(mine):
    dead = claim(mine.pk)
    expire(mine)
    alive = claim(mine.pk)
    assert alive
    with pytest.raises(LeaseLost):
        dead.renew()
    dead.release()
    alive.renew()


@pytest.mark.parametrize("change", [{"mode": "off"}, {"state": "disconnected"}, {"state": "reconnect"}])
def test_an_account_that_is_switched_off_cannot_be_claimed_or_held(mine, change):
    lease = claim(mine.pk)
    EmailAccount.objects.filter(pk=mine.pk).update(**change)
    with pytest.raises(LeaseLost):
        lease.renew()
    expire(mine)
    assert claim(mine.pk) is None


def test_a_lease_is_for_one_mode_and_ends_with_it(mine):
    assert claim(mine.pk, "preview") is None
    EmailAccount.objects.filter(pk=mine.pk).update(mode="preview")
    assert claim(mine.pk) is None
    lease = claim(mine.pk, "preview")
    lease.renew()
    EmailAccount.objects.filter(pk=mine.pk).update(mode="total")
    with pytest.raises(LeaseLost):
        lease.renew()


def test_due_are_the_accounts_nobody_works_on_whose_time_has_come(mine, colleague):
    later = account(colleague, "marcos@andina.test", next_try=timezone.now() + timedelta(hours=1))
    account(None, "boletin@andina.test", kind="marketing")
    shared = account(None, "ventas@andina.test")
    assert set(due()) == {mine.pk, shared.pk}
    claim(mine.pk)
    assert due() == [shared.pk]
    EmailAccount.objects.filter(pk=later.pk).update(next_try=timezone.now())
    assert set(due()) == {shared.pk, later.pk}


def test_the_mailbox_of_somebody_who_left_is_not_read(mine, seller):
    seller.is_active = False
    seller.save()
    assert due() == []
    seller.delete()
    assert due() == []
