"""Accounts that nothing reads are asked now and then whether they still let us in."""

from datetime import timedelta

import pytest
from django.utils import timezone

from escala_email_plugin import tasks
from escala_email_plugin.models import EmailAccount, Location, Run
from escala_email_plugin.servers.secrets import encrypt
from escala_email_plugin.sync import standing
from escala_email_plugin.sync.lease import claim
from tests.making import account, account_at, letter

pytestmark = [pytest.mark.django_db]

HOUR = timedelta(hours=1)


@pytest.fixture
def mine(mailbox, seller):
    """Connected, and switched off."""
    return account_at(mailbox, seller, mode="off")


@pytest.fixture
def marketing(mailbox):
    return account_at(mailbox, None, kind="marketing", mode="off")


def looked_at(one: EmailAccount) -> EmailAccount:
    standing.look(one.pk)
    one.refresh_from_db()
    return one


@pytest.mark.dovecot
def test_one_that_lets_us_in_is_connected_and_left_alone_for_hours(mailbox, mine):
    mailbox.append(letter())
    EmailAccount.objects.update(state="waiting", trouble="timeout", failures=3)
    assert standing.due() == [mine.pk]
    mine = looked_at(mine)
    assert (mine.state, mine.trouble, mine.failures) == ("connected", "", 0)
    assert 4 * HOUR < mine.next_try - timezone.now() < 8 * HOUR
    assert standing.due() == []
    assert (mine.last_success, mine.lease_token, Location.objects.count()) == (None, "", 0)


@pytest.mark.dovecot
def test_one_whose_password_was_changed_must_be_connected_again(mine):
    EmailAccount.objects.update(secret=encrypt("wrong"))
    mine = looked_at(mine)
    assert (mine.state, mine.trouble, mine.lease_token) == ("reconnect", "login_refused", "")
    assert standing.due() == []


@pytest.mark.dovecot
def test_one_whose_server_does_not_answer_is_tried_again_soon(mailbox, mine):
    with mailbox.dovecot.down():
        mine = looked_at(mine)
    assert mine.state == "waiting"
    assert mine.next_try - timezone.now() < HOUR
    EmailAccount.objects.update(next_try=timezone.now())
    assert standing.due() == [mine.pk]
    assert looked_at(mine).state == "connected"


@pytest.mark.dovecot
def test_where_sending_is_all_it_is_for_sending_is_tried_as_well(marketing):
    assert standing.due() == [marketing.pk]
    assert looked_at(marketing).state == "connected"
    EmailAccount.objects.update(smtp_port=1)
    marketing = looked_at(marketing)
    assert (marketing.state, marketing.trouble) == ("waiting", "port_closed")


@pytest.mark.dovecot
def test_of_others_only_reading_is_tried(mine):
    EmailAccount.objects.update(smtp_port=1)
    assert looked_at(mine).state == "connected"


@pytest.mark.parametrize(
    ("answer", "state", "code"),
    [
        ("535 5.7.8 Authentication credentials invalid", "reconnect", "login_refused"),
        ("454 4.7.0 Temporary authentication failure", "waiting", "try_later"),
    ],
)
def test_what_the_sending_server_alone_says_of_the_login_counts(hostile, answer, state, code):
    def imap(peer):
        peer.greet()
        peer.wait()

    def smtp(peer):
        peer.send("220 ready")
        peer.line()
        peer.send("250-hello", "250 AUTH PLAIN")
        peer.line()
        peer.send(answer)
        peer.line()
        peer.send("221 bye")

    ports = {"imap_port": hostile(imap).port, "smtp_port": hostile(smtp).port}
    one = looked_at(account(kind="marketing", mode="off", smtp_tls="tls", **ports))
    assert (one.state, one.trouble) == (state, code)


def test_what_is_read_shows_by_itself_how_it_is(seller, colleague):
    account(seller)
    waiting = account(colleague, "marcos@andina.test", mode="preview")
    assert standing.due() == []
    Run.objects.create(kind="preview", account=waiting, state="done", result={"senders": []})
    assert standing.due() == [waiting.pk]


@pytest.mark.parametrize(
    "values",
    [
        {"state": "reconnect"},
        {"state": "disconnected"},
        {"erase_at": timezone.now()},
        {"next_try": timezone.now() + HOUR},
        {"lease_until": timezone.now() + HOUR},
    ],
)
def test_who_is_left_alone(seller, values):
    one = account(seller, mode="off", **values)
    assert standing.due() == []
    if "next_try" not in values:
        assert not standing.look(one.pk)


def test_nobody_who_has_left_is_logged_in(seller):
    one = account(seller, mode="off")
    seller.is_active = False
    seller.save()
    assert standing.due() == []
    assert not standing.look(one.pk)


def test_one_that_somebody_holds_is_left_to_them(seller):
    one = account(seller, mode="off")
    lease = claim(one.pk, "off")
    assert not standing.look(one.pk)
    one.refresh_from_db()
    assert one.lease_token == lease.token


def test_not_all_are_asked_at_once(seller, monkeypatch, django_user_model):
    monkeypatch.setattr(standing, "AT_ONCE", 2)
    for n in range(4):
        account(
            django_user_model.objects.create_user(f"u{n}"),
            f"u{n}@andina.test",
            mode="off",
            next_try=timezone.now() - n * HOUR,
        )
    assert standing.due() == list(EmailAccount.objects.order_by("-pk").values_list("pk", flat=True)[:2])


def test_those_that_are_previewed_take_nobodys_turn(seller, colleague, monkeypatch):
    monkeypatch.setattr(standing, "AT_ONCE", 1)
    account(seller, mode="preview")
    off = account(colleague, "marcos@andina.test", mode="off")
    assert standing.due() == [off.pk]


def test_a_worker_orders_one_task_for_each(seller, monkeypatch):
    one = account(seller, mode="off")
    ordered = []
    monkeypatch.setattr(tasks, "look_in", ordered.append)
    tasks.look_in_due_accounts.call_local()
    assert ordered == [one.pk]
