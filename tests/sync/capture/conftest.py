"""What the tests of capture share: a capture mailbox, a contact, and users who send to it."""

import pytest

from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.capture import address
from sandbox.crm.models import Person
from tests.making import account_at, letter
from tests.servers.fixtures import Mailbox


@pytest.fixture
def ana(db):
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


class Desk:
    """A capture mailbox at the test's Dovecot; letters are delivered to it as a mail server does."""

    def __init__(self, mailbox, account):
        self.mailbox, self.account = mailbox, account

    def address(self, user) -> str:
        """The capture address of ``user``."""
        return address.shown(address.current(user))

    def deliver(self, raw: bytes, to: str, more: str = "", **kwargs) -> int:
        """Put ``raw`` in, with what the server adds; returns its UID."""
        received = f"from client by mail.example.test for <{to}>; Tue, 3 Mar 2026 09:00:00 +0000"
        added = f"Delivered-To: {to}\r\nReceived: {received}\r\n{more}"
        return self.mailbox.append(added.encode() + raw, **kwargs)

    def bcc(self, user, *, sender="", to="ana@cliente.test", capture="", **kwargs) -> int:
        """``user`` writes to ``to`` and sends a blind copy to the capture address."""
        raw = letter(sender or user.email, to, **kwargs)
        return self.deliver(raw, capture or self.address(user))

    def sync(self) -> None:
        """Read the mailbox."""
        assert sync_account(self.account.pk)


@pytest.fixture
def other_mailbox(mailbox):
    """Another mailbox at the same server."""
    user = f"other-{mailbox.user}"
    mailbox.dovecot.add_user(user, mailbox.password)
    yield Mailbox(mailbox.dovecot, user, mailbox.password)
    mailbox.dovecot.hang_up(user)


@pytest.fixture
def desk(mailbox, db):
    return Desk(mailbox, account_at(mailbox, None, kind="capture"))


@pytest.fixture
def shared_desk(mailbox, db):
    return Desk(mailbox, account_at(mailbox, None))
