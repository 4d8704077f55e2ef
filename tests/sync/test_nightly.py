from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from escala_email_plugin.models import EmailAccount, Run
from escala_email_plugin.sync.lease import claim
from escala_email_plugin.sync.nightly import due
from tests.making import account

pytestmark = pytest.mark.django_db


def at(hour: int, minute: int = 0) -> datetime:
    """A moment of some night, in the site's time zone."""
    return datetime(2026, 3, 3, hour, minute, tzinfo=ZoneInfo("America/Bogota"))


LAST = at(4, 59)


@pytest.fixture
def mine(seller):
    return account(seller, last_success=at(0))


def audited(mine, when, state="done"):
    return Run.objects.create(account=mine, kind="audit", state=state, finished_at=when)


def test_an_account_is_due_in_the_quiet_hours_of_the_sites_own_time_zone(mine):
    assert due(LAST) == [mine.pk]
    assert due(at(0, 59)) == due(at(5)) == due(at(13)) == []


def test_an_account_that_was_audited_this_night_is_not_due_again(mine):
    audited(mine, at(1, 30))
    assert due(LAST) == []
    assert due(LAST + timedelta(days=1)) == [mine.pk]


@pytest.mark.parametrize("state", ["failed", "cancelled", "running"])
def test_an_audit_that_did_not_come_to_its_end_is_none(mine, state):
    audited(mine, at(1, 30), state)
    assert due(LAST) == [mine.pk]


def test_a_synchronisation_is_no_audit(mine):
    Run.objects.create(account=mine, kind="sync", state="done", finished_at=at(1, 30))
    assert due(LAST) == [mine.pk]


@pytest.mark.parametrize(
    "change",
    [
        {"mode": "off"},
        {"mode": "preview"},
        {"state": "reconnect"},
        {"last_success": None},
        {"next_try": LAST + timedelta(minutes=1), "trouble": "timeout"},
    ],
)
def test_what_is_not_to_be_read_now_is_not_audited(mine, change):
    EmailAccount.objects.filter(pk=mine.pk).update(**change)
    assert due(LAST) == []


def test_the_pause_between_two_synchronisations_keeps_nobody_waiting(mine):
    EmailAccount.objects.filter(pk=mine.pk).update(next_try=LAST + timedelta(minutes=9))
    assert due(LAST) == [mine.pk]


def test_an_account_somebody_works_on_waits(mine):
    claim(mine.pk)
    assert due(LAST) == []
    EmailAccount.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert due(LAST) == [mine.pk]


def test_the_accounts_are_spread_over_the_night(django_user_model):
    owners = [django_user_model(username=f"u{n}", email=f"u{n}@andina.test") for n in range(40)]
    django_user_model.objects.bulk_create(owners)
    for n, owner in enumerate(django_user_model.objects.order_by("pk")):
        account(owner, f"u{n}@andina.test", last_success=at(0), secret="")
    counts = [len(due(at(hour, minute))) for hour in range(1, 5) for minute in (0, 30)] + [len(due(LAST))]
    assert counts[-1] == 40
    assert all(2 <= later - sooner <= 8 for sooner, later in pairwise(counts))


def test_the_longest_unaudited_come_first(mine, colleague, administrator):
    second = account(colleague, "marcos@andina.test", last_success=at(0))
    third = account(administrator, "admin@andina.test", last_success=at(0))
    audited(mine, at(1) - timedelta(days=2))
    audited(mine, at(1) - timedelta(days=9))
    audited(second, at(1) - timedelta(days=3))
    assert due(LAST) == [third.pk, second.pk, mine.pk]
