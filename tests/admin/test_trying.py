"""Trying a mailbox that is connected: an answer on the page, and no password typed."""

import email
import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from escala_email_plugin.admin import attempts, trying
from escala_email_plugin.models import EmailAccount
from escala_email_plugin.servers.secrets import encrypt
from escala_email_plugin.sync.sentences import sentence_of
from tests.making import account, account_at, at

pytestmark = pytest.mark.django_db

FRAGMENT = {"x-requested-with": "XMLHttpRequest"}


@pytest.fixture
def mine(mailbox, seller, client):
    client.force_login(seller)
    return account_at(mailbox, seller)


def ask(client, name, values=None, kind="personal") -> str:
    response = client.post(at(name, kind=kind), values or {}, headers=FRAGMENT)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.dovecot
def test_both_servers_are_tried_with_what_is_stored(client, mine):
    html = ask(client, "test_stored")
    assert "Both servers answer as they should." in html
    assert html.count("escala-steps__step--passed") >= 7


@pytest.mark.dovecot
def test_the_step_that_failed_says_why(client, mine):
    EmailAccount.objects.update(secret=encrypt("wrong"))
    html = ask(client, "test_stored")
    assert "refused the user name or the password" in html
    assert "Both servers" not in html


@pytest.mark.parametrize("name", ["test_stored", "send_test"])
def test_a_secret_that_no_key_opens_is_asked_for_again(client, seller, name):
    account(seller, secret="nonsense")
    client.force_login(seller)
    assert "cannot be read with the keys of this site" in ask(client, name)


def test_a_password_is_not_tried_all_the_time(client, seller, monkeypatch):
    monkeypatch.setattr(attempts, "_minute", lambda: 1)
    tries = []
    monkeypatch.setattr(trying, "tried", lambda mine: tries.append(mine) or [])
    account(seller, state="reconnect", trouble="login_refused")
    client.force_login(seller)
    answers = [ask(client, "test_stored") for _ in range(attempts.A_MINUTE["try"] + 1)]
    assert len(tries) == attempts.A_MINUTE["try"]
    assert "Wait a minute" in answers[-1]


def test_what_could_not_be_begun_is_no_test_that_was_sent(client, seller):
    account(seller, secret="nonsense")
    client.force_login(seller)
    for _ in range(2):
        assert "cannot be read with the keys of this site" in ask(client, "send_test")


@pytest.mark.parametrize("name", ["test_stored", "send_test"])
def test_a_token_that_has_ended_is_ordered_anew(
    client, seller, name, ordered, django_capture_on_commit_callbacks
):
    mine = account(seller, provider="google")
    client.force_login(seller)
    with django_capture_on_commit_callbacks(execute=True):
        assert "Ask again in a moment." in ask(client, name)
    assert ordered == [("renew_access", mine.pk)]


@pytest.mark.parametrize("name", ["test_stored", "send_test"])
def test_nobody_is_put_off_to_a_moment_that_never_comes(
    client, seller, name, ordered, django_capture_on_commit_callbacks
):
    mine = account(seller, provider="google", state="reconnect", trouble="grant_refused")
    client.force_login(seller)
    with django_capture_on_commit_callbacks(execute=True):
        html = ask(client, name)
    assert sentence_of(mine, "grant_refused") in html
    assert "in a moment" not in html
    assert ordered == []


@pytest.mark.dovecot
def test_without_a_script_the_answer_stands_above_the_page(client, mine):
    response = client.post(at("test_stored"), follow=True)
    assert "Both servers answer as they should." in response.content.decode()


@pytest.mark.dovecot
def test_a_test_is_a_real_message_from_the_mailbox(client, mine, mailbox, caplog):
    caplog.set_level(logging.DEBUG)
    EmailAccount.objects.update(signature="<p>Lucía &amp; Cía.</p><script>x()</script>")
    html = ask(client, "send_test", {"to": "mailbox"})
    assert "The message was handed over." in html
    assert mailbox.user in html
    (sent,) = [one for one in mailbox.dovecot.sent if one.recipients == [mailbox.user]]
    message = email.message_from_bytes(sent.raw, policy=email.policy.default)
    assert message["From"] == message["To"] == mailbox.user
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@example.test>")
    assert "Lucía & Cía." in message.get_body(("plain",)).get_content()
    shown = message.get_body(("html",)).get_content()
    assert "<p>Lucía &amp; Cía.</p>" in shown
    assert "script" not in shown
    told = [one.getMessage() for one in caplog.records if one.name != "mail.log"]  # the test's own relay
    assert not [one for one in told if "Lucía" in one or "correct horse" in one]


@pytest.mark.dovecot
def test_a_test_goes_to_oneself_or_to_the_mailbox_and_nowhere_else(client, mine, mailbox, seller):
    assert seller.email in ask(client, "send_test", {"to": "me"})
    EmailAccount.objects.update(tested_at=None)
    assert mailbox.user in ask(client, "send_test", {"to": "somebody@otra.test"})


def test_one_a_minute_is_sent(client, seller):
    account(seller, tested_at=timezone.now() - timedelta(seconds=50))
    client.force_login(seller)
    assert "less than a minute ago" in ask(client, "send_test", {"to": "me"})


@pytest.mark.parametrize("name", ["test_stored", "send_test"])
def test_there_must_be_a_mailbox_and_the_right_to_it(client, seller, manager, name):
    client.force_login(seller)
    assert client.post(at(name), headers=FRAGMENT).status_code == 404
    account(address="ventas@andina.test")
    assert client.post(at(name, kind="shared"), headers=FRAGMENT).status_code == 403
    assert client.get(at(name)).status_code == 405
