from datetime import timedelta

import pytest
from django.utils import timezone

from escala_email_plugin.models import EmailAccount, Run
from escala_email_plugin.servers.imap import Unreachable
from escala_email_plugin.sync.due import due
from escala_email_plugin.sync.polling import pause
from escala_email_plugin.sync.states import failed, succeeded
from tests.making import account

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def mine(seller):
    return account(seller)


def about(minutes: float) -> tuple[timedelta, timedelta]:
    return minutes * MINUTE * 0.7, minutes * MINUTE * 1.3


def last_news(mine, ago: timedelta) -> None:
    run = Run.objects.create(kind="sync", account=mine)
    Run.objects.filter(pk=run.pk).update(moved_at=timezone.now() - ago)


def test_an_account_nobody_watches_is_polled_every_minute_while_mail_comes(mine):
    last_news(mine, MINUTE)
    low, high = about(1)
    assert low < pause(mine, timezone.now()) < high


def test_a_quiet_account_is_polled_less_often_but_no_less_than_every_five_minutes(mine):
    last_news(mine, timedelta(days=30))
    low, high = about(5)
    assert low < pause(mine, timezone.now()) < high


def test_a_watched_account_is_polled_seldom(mine):
    mine.watched_until = timezone.now() + MINUTE
    low, high = about(10)
    assert low < pause(mine, timezone.now()) < high
    mine.watched_until = timezone.now() - MINUTE
    assert pause(mine, timezone.now()) < high / 2


def test_announced_mail_makes_an_account_due_at_once_but_not_one_in_trouble(mine):
    succeeded(mine)
    assert due() == []
    EmailAccount.objects.update(wanted_at=timezone.now())
    assert due() == [mine.pk]
    failed(mine, Unreachable("timeout"))
    assert due() == []


def test_what_was_announced_after_the_round_began_is_not_forgotten(mine):
    earlier, later = timezone.now() - MINUTE, timezone.now()
    EmailAccount.objects.update(wanted_at=later)
    assert succeeded(mine, earlier)
    assert due() == [mine.pk]
    assert not succeeded(mine, later)
    assert due() == []
