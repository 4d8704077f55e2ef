from datetime import timedelta

import pytest
from django.utils import timezone

from escala_email_plugin.models import EmailAccount
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
    ("error", "minutes", "longest"),
    [
        (Unreachable("timeout"), 1, 60),
        (Untrusted("certificate_expired"), 1, 60),
        (Throttled("try_later"), 5, 240),
        (ProtocolTrouble("bad_answer"), 2, 120),
        (KeyError("x"), 5, 360),
    ],
)
def test_everything_else_is_waited_out_each_kind_in_its_own_time(mine, error, minutes, longest):
    failed(mine, error)
    mine.refresh_from_db()
    assert mine.state == "waiting"
    assert timedelta(minutes=minutes) * 0.7 < pause(mine) < timedelta(minutes=minutes) * 1.3
    EmailAccount.objects.update(failures=20)
    mine.refresh_from_db()
    failed(mine, error)
    assert timedelta(minutes=longest) * 0.7 < pause(mine) < timedelta(minutes=longest) * 1.3


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
    assert (mine.state, mine.trouble, mine.failures) == ("connected", "", 0)
    assert mine.next_try > timezone.now()


def test_what_happens_after_disconnecting_does_not_bring_the_account_back(mine):
    mine.state = "disconnected"
    mine.save()
    failed(mine, Unreachable("timeout"))
    succeeded(mine)
    mine.refresh_from_db()
    assert (mine.state, mine.trouble, mine.last_success) == ("disconnected", "", None)
