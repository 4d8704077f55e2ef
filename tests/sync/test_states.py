"""The rules of an account's state, one by one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from escala_email_plugin import signals
from escala_email_plugin.models import EmailAccount
from escala_email_plugin.servers.errors import (
    LoginNotOffered,
    ProtocolTrouble,
    Refused,
    SmtpError,
    SmtpRefused,
    Throttled,
    Unreachable,
    Untrusted,
)
from escala_email_plugin.servers.secrets import SecretUnreadable, encrypt
from escala_email_plugin.sync import states
from escala_email_plugin.sync.budget import OverBudget
from escala_email_plugin.sync.due import due
from escala_email_plugin.sync.states import failed, recovered, succeeded
from tests.making import account

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(seller):
    return account(seller)


def pause(mine) -> timedelta:
    mine.refresh_from_db()
    return mine.next_try - timezone.now()


@pytest.mark.parametrize(
    "error", [Refused("login_refused"), SmtpRefused("login_refused"), SecretUnreadable()]
)
def test_only_a_refusal_or_an_unreadable_secret_asks_the_owner_to_reconnect(mine, error):
    failed(mine, error)
    mine.refresh_from_db()
    assert (mine.state, mine.next_try, due()) == ("reconnect", None, [])


@pytest.mark.parametrize(
    ("error", "minutes", "longest"),
    [
        (Unreachable("timeout"), 1, 60),
        (Untrusted("certificate_expired"), 1, 60),
        (Untrusted("starttls_tampered"), 1, 60),
        (LoginNotOffered("login_disabled"), 1, 60),
        (SmtpError("try_later"), 5, 240),
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


def test_no_server_silences_a_mailbox_for_more_than_a_day(mine):
    failed(mine, Throttled("try_later", retry_after=10**6))
    assert timedelta(hours=23) < pause(mine) <= timedelta(days=1)


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


def test_an_account_that_used_up_its_share_of_the_hour_is_well(mine):
    failed(mine, OverBudget(600))
    mine.refresh_from_db()
    assert (mine.state, mine.failures) == ("connected", 0)
    assert timedelta(minutes=9) < pause(mine) < timedelta(minutes=11)


def test_what_answers_again_is_connected_and_asked_when_it_was_said(mine):
    failed(mine, Unreachable("timeout"))
    recovered(mine, timedelta(hours=6))
    assert pause(mine) > timedelta(hours=5)
    assert (mine.state, mine.failures, mine.last_success) == ("connected", 0, None)


def test_since_when_it_is_in_a_state_changes_with_the_state_alone(mine):
    for report in (Unreachable("timeout"), Throttled("try_later"), None, None, Refused("login_refused")):
        before = (mine.state, mine.state_since)
        failed(mine, report) if report else succeeded(mine)
        mine.refresh_from_db()
        assert (mine.state_since == before[1]) is (mine.state == before[0])
    assert mine.state_since


def test_a_refusal_of_a_password_that_was_changed_meanwhile_is_no_refusal_of_the_new_one(mine):
    EmailAccount.objects.update(secret=encrypt("another one"))
    failed(mine, Refused("login_refused"))
    assert pause(mine) < timedelta(minutes=2)
    assert mine.state == "waiting"


def test_nothing_that_a_worker_reports_ends_the_need_to_reconnect(mine):
    failed(mine, Refused("login_refused"))
    for report in (succeeded, recovered, states.paused, lambda one: failed(one, Unreachable("timeout"))):
        report(mine)
    mine.refresh_from_db()
    assert (mine.state, mine.trouble, mine.last_success) == ("reconnect", "login_refused", None)


@pytest.fixture
def fallen():
    """The ids of the accounts that were said to have fallen."""
    found = []

    def heard(account_id, **_more):
        found.append(account_id)

    signals.reconnect_needed.connect(heard)
    yield found
    signals.reconnect_needed.disconnect(heard)


def test_a_fall_is_told_once_and_after_the_commit(mine, fallen, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        failed(mine, Unreachable("timeout"))
        failed(mine, Refused("login_refused"))
        failed(mine, Refused("login_refused"))
        assert fallen == []
    assert fallen == [mine.pk]


def test_a_key_that_was_found_again_mends_what_it_alone_had_stopped(mine):
    failed(mine, Refused("login_refused"))
    assert not states.key_found(mine.pk)
    EmailAccount.objects.update(state="connected")
    failed(mine, SecretUnreadable())
    EmailAccount.objects.update(told_at=timezone.now())
    assert states.key_found(mine.pk)
    mine.refresh_from_db()
    assert (mine.state, mine.trouble, mine.told_at) == ("connected", "", None)


def test_disconnecting_forgets_every_secret_and_stops_who_is_at_work(mine):
    EmailAccount.objects.update(access="x", lease_token="somebody", lease_until=timezone.now())
    states.disconnected(EmailAccount.objects.all())
    mine.refresh_from_db()
    assert (mine.state, mine.secret, mine.access, mine.lease_token) == ("disconnected", "", "", "")
