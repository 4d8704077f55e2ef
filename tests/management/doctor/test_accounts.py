"""The doctor on the mailboxes: a line each, and a login to each where it may use the network."""

from datetime import timedelta

import pytest
from django.utils import timezone

from escala_email_plugin.management.doctor import network
from escala_email_plugin.models import Folder, Quarantined
from escala_email_plugin.servers.secrets import encrypt
from tests.making import account, account_at

pytestmark = pytest.mark.django_db


def ago(**values):
    return timezone.now() - timedelta(**values)


def test_a_mailbox_that_is_well_is_a_line(well, found, seller):
    account(seller, last_success=ago(minutes=3))
    says = "lucia@andina.test (personal): connected, read to the end 3 minutes ago."
    assert found("account") == [("ok", says, "")]


def test_one_that_must_be_connected_again_says_why_since_when_and_what_to_do(well, found, seller):
    account(
        seller,
        state="reconnect",
        trouble="login_refused",
        state_since=ago(days=2),
        last_success=ago(days=2),
        failures=1,
    )
    ((level, says, remedy),) = found("account")
    assert level == "wrong"
    assert says == (
        "lucia@andina.test (personal): reconnect needed (2 days ago), read to the end 2 days ago, 1 failures "
        "in a row. localhost refused the user name or the password. Check both."
    )
    assert "Settings › Emails" in remedy


def test_one_that_waits_for_its_provider_needs_nobody(well, found, seller):
    account(
        seller,
        state="waiting",
        trouble="try_later",
        next_try=timezone.now() + timedelta(minutes=20, seconds=30),
        last_success=ago(minutes=5),
    )
    ((level, says, remedy),) = found("account")
    assert (level, remedy) == ("advice", "")
    assert "waiting for the provider" in says
    assert "next try in 20 minutes" in says
    assert "is busy or limits" in says


def test_one_that_nobody_read_for_hours_needs_somebody(well, found, seller):
    account(seller, last_success=ago(hours=5))
    ((level, _says, remedy),) = found("account")
    assert level == "wrong"
    assert "worker" in remedy


def test_what_is_set_aside_is_counted_without_a_word_about_it(well, found, seller):
    folder = Folder.objects.create(account=account(seller, last_success=ago(minutes=1)), name="Secreto")
    Quarantined.objects.create(
        folder=folder,
        uidvalidity=1,
        uid=1,
        error="bad_answer",
        raw=b"Subject: Secreto",
        next_try=timezone.now(),
    )
    ((level, says, _remedy),) = found("account")
    assert level == "ok"
    assert "1 set aside" in says
    assert "ecreto" not in says


def test_a_consent_that_is_about_to_end_and_a_token_nobody_renews_need_somebody(well, found, seller):
    mine = account(
        seller,
        provider="google",
        last_success=ago(minutes=1),
        grant_ends=timezone.now() + timedelta(days=2, minutes=1),
        access_ends=ago(hours=1),
    )
    ((level, says, remedy),) = found("account")
    assert level == "wrong"
    assert "its consent ends in 2 days, its access token ended 1 hour ago" in says
    assert "signs in again" in remedy
    mine.grant_ends, mine.access_ends = timezone.now() + timedelta(days=90), timezone.now()
    mine.save()
    assert found("account")[0][0] == "ok"


def test_a_disconnected_mailbox_is_nobodys_business(well, found, seller):
    account(seller, state="disconnected", secret="")
    assert found("account") == [("ok", "None is connected.", "")]


def test_however_many_there_are_it_asks_as_often(
    well, found, seller, colleague, django_assert_max_num_queries
):
    account(seller)
    account(colleague, "marcos@andina.test")
    account(None, "ventas@andina.test")
    with django_assert_max_num_queries(20):
        assert len(found("account")) == 3


# On the network


@pytest.mark.dovecot
def test_every_mailbox_is_really_logged_in_to(well, found, mailbox, seller, colleague):
    account_at(mailbox, seller)
    account(colleague, "marcos@andina.test", imap_port=1)
    told = found("servers", network=True)
    assert [level for level, *_ in told] == ["ok", "wrong"]
    assert told[0][1] == f"{mailbox.user}: IMAP and SMTP took the login."
    assert told[1][1].startswith("marcos@andina.test: tcp: localhost refuses connections on port 1.")


@pytest.mark.dovecot
def test_a_wrong_password_is_told_once_and_the_account_stays_as_it_is(well, found, mailbox, seller):
    mine = account_at(mailbox, seller)
    mine.secret = encrypt("wrong-password")
    mine.save()
    told = found("servers", network=True)
    assert [level for level, *_ in told] == ["wrong"]
    assert "refused" in told[0][1]
    assert "wrong-password" not in str(told)
    mine.refresh_from_db()
    assert mine.state == "connected"


def test_who_was_refused_or_has_a_lost_key_is_not_sent_to_a_server(well, found, seller, colleague):
    account(seller, state="reconnect", trouble="login_refused")
    account(colleague, "marcos@andina.test", secret="no token")
    told = found("servers", network=True)
    assert [level for level, *_ in told] == ["advice", "wrong"]
    assert "connected again first" in told[0][1]
    assert "cannot be read with the keys" in told[1][1]


def test_one_that_cannot_be_tried_keeps_no_other_from_it(well, found, seller, colleague):
    account(seller, imap_tls="none")
    account(colleague, "marcos@andina.test", imap_port=1)
    told = found("servers", network=True)
    assert [level for level, *_ in told] == ["unknown", "wrong"]
    assert told[0][1] == "lucia@andina.test: could not be tried: ValueError."


@pytest.mark.dovecot
def test_one_whose_servers_dawdle_keeps_no_other_waiting_for_ever(well, found, mailbox, seller, monkeypatch):
    account_at(mailbox, seller)
    monkeypatch.setattr(network, "PATIENCE", -1)
    assert [level for level, *_ in found("servers", network=True)] == ["unknown"]
