"""What heals by itself, and asks nobody for a password: against real servers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from escala_email_plugin.models import EmailAccount, Message
from escala_email_plugin.servers import pool
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.due import due
from sandbox.crm.models import Person
from tests.making import account, account_at, letter
from tests.servers.dovecot import Dovecot

pytestmark = [pytest.mark.dovecot, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def ana(db):
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


def later() -> None:
    """The pause is over."""
    EmailAccount.objects.update(next_try=timezone.now() - timedelta(seconds=1))


def test_a_server_that_was_down_for_a_while_is_waited_for(mailbox, seller):
    mine = account_at(mailbox, seller)
    mailbox.append(letter(subject="Antes"))
    assert sync_account(mine.pk)
    pool.clear()
    with mailbox.dovecot.down():
        for failures in (1, 2):
            assert not sync_account(mine.pk)
            mine.refresh_from_db()
            assert (mine.state, mine.failures, mine.told_at) == ("waiting", failures, None)
            assert mine.next_try > timezone.now()
            assert due() == []
            later()
    mailbox.append(letter(subject="Después", minutes=1))
    assert due() == [mine.pk]
    assert sync_account(mine.pk)
    mine.refresh_from_db()
    assert (mine.state, mine.trouble, mine.failures) == ("connected", "", 0)
    assert sorted(Message.objects.values_list("subject", flat=True)) == ["Antes", "Después"]


def test_a_certificate_that_has_expired_is_waited_for(seller, trusting):
    with Dovecot({"ann@example.test": "correct horse"}, expired=True) as server:
        trusting(server.ca)
        mine = account(seller, "ann@example.test", imap_port=server.imaps)
        assert not sync_account(mine.pk)
    mine.refresh_from_db()
    assert (mine.state, mine.trouble) == ("waiting", "certificate_expired")
    assert mine.next_try > timezone.now()


@pytest.mark.parametrize(
    ("capabilities", "answer", "code"),
    [
        ("IMAP4rev1 LOGINDISABLED", "", "login_disabled"),
        ("IMAP4rev1 AUTH=PLAIN", "NO [UNAVAILABLE] Temporary authentication failure.", "try_later"),
        ("IMAP4rev1 AUTH=PLAIN", "BAD User is authenticated but not connected.", "try_later"),
        ("IMAP4rev1 AUTH=PLAIN", "NO [SERVERBUG] Internal error occurred.", "try_later"),
        ("IMAP4rev1 AUTH=PLAIN", "NO [INUSE] Mailbox is locked.", "try_later"),
        ("IMAP4rev1 AUTH=PLAIN", "NO [LIMIT] Too many connections.", "too_many_connections"),
    ],
)
def test_a_server_that_says_not_now_is_waited_for(hostile, seller, capabilities, answer, code):
    def script(peer):
        peer.greet(capabilities, login=False)
        if answer:
            tag, _command = peer.command()
            peer.send("+ ")
            peer.line()
            peer.send(f"{tag} {answer}")
        peer.wait()

    server = hostile(script)
    mine = account(seller, imap_port=server.port)
    assert not sync_account(mine.pk)
    mine.refresh_from_db()
    assert (mine.state, mine.trouble) == ("waiting", code)
    assert mine.next_try > timezone.now()
