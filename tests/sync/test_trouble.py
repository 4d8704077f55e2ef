from datetime import timedelta

import pytest
from django.utils import timezone

from escala_email_plugin.servers.imap import ProtocolTrouble, Refused, Throttled, Unreachable, Untrusted
from escala_email_plugin.servers.secrets import SecretUnreadable
from escala_email_plugin.sync.due import due
from escala_email_plugin.sync.trouble import failed, succeeded
from tests.making import account

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(seller):
    return account(seller)


def pause(mine) -> timedelta:
    mine.refresh_from_db()
    return mine.next_try - timezone.now()


@pytest.mark.parametrize("error", [Refused("login_refused"), SecretUnreadable()])
def test_only_a_refusal_or_an_unreadable_secret_asks_the_owner_to_reconnect(mine, error):
    failed(mine, error)
    mine.refresh_from_db()
    assert (mine.state, mine.next_try, due()) == ("reconnect", None, [])


@pytest.mark.parametrize(
    "error",
    [
        Unreachable("timeout"),
        Untrusted("certificate_expired"),
        Throttled("try_later"),
        ProtocolTrouble("bad_answer"),
        KeyError("x"),
    ],
)
def test_everything_else_is_waited_out(mine, error):
    failed(mine, error)
    mine.refresh_from_db()
    assert mine.state == "waiting"
    assert timedelta(seconds=30) < pause(mine) < timedelta(seconds=90)


def test_the_pauses_grow_to_an_hour_and_no_further(mine):
    pauses = []
    for _ in range(14):
        failed(mine, Unreachable("timeout"))
        pauses.append(pause(mine))
    assert pauses[3] > pauses[0] * 2
    assert timedelta(minutes=40) < pauses[-1] < timedelta(minutes=80)


def test_a_server_that_says_when_is_heard(mine):
    failed(mine, Throttled("try_later", retry_after=1800))
    assert timedelta(minutes=29) < pause(mine) < timedelta(minutes=31)


def test_success_forgets_the_trouble(mine):
    failed(mine, Unreachable("timeout"))
    succeeded(mine)
    mine.refresh_from_db()
    assert (mine.state, mine.trouble, mine.failures, mine.next_try) == ("connected", "", 0, None)


def test_what_happens_after_disconnecting_does_not_bring_the_account_back(mine):
    mine.state = "disconnected"
    mine.save()
    failed(mine, Unreachable("timeout"))
    succeeded(mine)
    mine.refresh_from_db()
    assert (mine.state, mine.trouble, mine.last_success) == ("disconnected", "", None)
