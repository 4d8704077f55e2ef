"""Connected again: nothing is lost, nothing comes twice, and how much came is said."""

import imaplib
import time
from contextlib import suppress

import pytest
from django.utils import timezone

from escala_email_plugin.models import EmailAccount, Folder, Location, Message
from escala_email_plugin.servers import pool
from escala_email_plugin.sync import connection
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.connection import Wanted
from escala_email_plugin.sync.due import due
from sandbox.crm.models import Person
from tests.making import account_at, letter

pytestmark = [pytest.mark.dovecot, pytest.mark.django_db]


@pytest.fixture
def ana():
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


@pytest.fixture
def mine(mailbox, seller, ana):
    """Synchronised to the end, with two messages."""
    mailbox.append(letter(subject="Antes"))
    mailbox.append(letter(mailbox.user, "ana@cliente.test", "También antes"), "Sent")
    found = account_at(mailbox, seller)
    assert sync_account(found.pk)
    return found


def connect(mine, mailbox, password: str) -> EmailAccount:
    server = {"imap_host": mailbox.imap.host, "imap_port": mailbox.imap.port, "smtp_port": mailbox.smtp.port}
    return connection.connect(
        "personal", mine.owner, Wanted(mailbox.user, mailbox.user, password, smtp_host="localhost", **server)
    )


def change_password(mailbox, password: str) -> None:
    """At the server, which notices it within seconds; and no connection is left that needs none."""
    mailbox.dovecot.hang_up(mailbox.user)
    mailbox.dovecot.add_user(mailbox.user, password)
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with suppress(imaplib.IMAP4.error):
            mailbox.dovecot.client(mailbox.user).logout()
            break
        time.sleep(0.1)
    pool.clear()


def subjects() -> list[str]:
    return sorted(Message.objects.values_list("subject", flat=True))


def test_what_came_while_the_password_was_wrong_comes_once_it_is_right_and_only_that(mine, mailbox):
    change_password(mailbox, "new horse")
    assert not sync_account(mine.pk)
    mine.refresh_from_db()
    assert (mine.state, mine.trouble, due()) == ("reconnect", "login_refused", [])
    for n in range(3):
        mailbox.append(letter(subject=f"Nuevo {n}", minutes=n + 1))
    mailbox.append(letter("Banco <banco@banco.test>", subject="Privado"))
    cursors = list(Folder.objects.values_list("name", "scanned_from", "scanned_to"))

    mine = connect(mine, mailbox, "new horse")
    assert list(Folder.objects.values_list("name", "scanned_from", "scanned_to")) == cursors
    assert (mine.state, mine.mode, mine.gap_from, mine.gap_filled) == (
        "connected",
        "total",
        mine.last_success,
        None,
    )
    mailbox.append(letter(subject="Nuevo 3", minutes=9))
    assert sync_account(mine.pk)
    mine.refresh_from_db()
    assert mine.gap_filled == 4
    assert subjects() == ["Antes", *(f"Nuevo {n}" for n in range(4)), "También antes"]
    assert Location.objects.count() == 6

    mailbox.append(letter(subject="Más tarde", minutes=20))
    assert sync_account(mine.pk)
    mine.refresh_from_db()
    assert mine.gap_filled == 4


def test_a_disconnected_mailbox_says_as_well_what_it_missed(mine, mailbox):
    mine.refresh_from_db()
    connection.disconnect(mine)
    mailbox.append(letter(subject="Nuevo", minutes=1))
    connect(mine, mailbox, mailbox.password)
    assert sync_account(mine.pk)
    mine.refresh_from_db()
    assert (mine.gap_filled, mine.gap_from < mine.reconnected_at < timezone.now()) == (1, True)


def test_a_new_contacts_earlier_mail_does_not_count_as_having_been_missed(mine, mailbox):
    mailbox.append(
        letter("Berta <berta@otra.test>", subject="De antaño"), when=mine.created_at.replace(year=2020)
    )
    sync_account(mine.pk)
    mine.refresh_from_db()
    connection.disconnect(mine)
    Person.objects.create(first_name="Berta", last_name="Díaz", email="berta@otra.test")
    EmailAccount.objects.update(sweep_all=True)
    connect(mine, mailbox, mailbox.password)
    sync_account(mine.pk)
    mine.refresh_from_db()
    assert "De antaño" in subjects()
    assert mine.gap_filled == 0


def test_a_new_password_for_a_mailbox_that_was_read_all_the_time_opens_no_gap(mine, mailbox):
    mine = connect(mine, mailbox, mailbox.password)
    assert (mine.reconnected_at, mine.gap_from) == (None, None)
