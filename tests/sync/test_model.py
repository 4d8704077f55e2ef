"""After any sequence of events the CRM is what the mailboxes are, and nobody can tell that they were read."""

import itertools
from functools import partial

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from escala_email_plugin.servers import pool
from escala_email_plugin.sync.account import sync_account
from tests.making import account_at
from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import Mailbox
from tests.servers.owner import Owner

from .machine import Machine, few_at_a_time
from .model import Box
from .mortal import Workers

pytestmark = [pytest.mark.dovecot, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

_numbers = itertools.count(1)


class AtDovecot:
    """An owner whose mailbox lies in a real Dovecot."""

    def __init__(self, mailbox: Mailbox):
        self.mailbox = mailbox
        self._owner = Owner(mailbox.dovecot, mailbox.user)
        self._validities = itertools.count(2_000_000_000)
        self.create, self.delete = self._owner.create, self._owner.delete
        self.append, self.close = self._owner.append, self._owner.close

    def rename(self, folder: str, to: str) -> bool:
        try:
            self._owner.rename(folder, to)
        except RuntimeError:
            return False  # of a folder that had others inside it Dovecot keeps the name
        return True

    def copy(self, folder: str, at: int, to: str) -> None:
        self._owner.copy(folder, self._owner.uids(folder)[at], to)

    def move(self, folder: str, at: int, to: str) -> None:
        self._owner.move(folder, self._owner.uids(folder)[at], to)

    def expunge(self, folder: str, at: int) -> None:
        self._owner.expunge(folder, self._owner.uids(folder)[at])

    def renumber(self, folder: str) -> None:
        self._owner.renumber(folder, next(self._validities))

    def sees(self) -> list:
        """Every file of the mailbox, with its flags."""
        return self.mailbox.files()


class DovecotMachine(Machine):
    """Both mailboxes lie in a real Dovecot, and workers really die."""

    def __init__(self, dovecot: Dovecot, workers: Workers, staff: list):
        super().__init__()
        self._dovecot, self._workers, self._staff = dovecot, workers, staff

    def open(self, number: int, skills: set[str]) -> Box:
        user = f"model{next(_numbers)}@andina.test"
        self._dovecot.add_user(user, "correct horse")
        mailbox = Mailbox(self._dovecot, user, "correct horse")
        return Box(account_at(mailbox, self._staff[number]), AtDovecot(mailbox))

    def sync(self, box: Box) -> bool:
        return sync_account(box.account.pk)

    def sync_and_die(self, box: Box, kind: str, number: int) -> None:
        self._workers.sync(box.account.pk, kill=(kind, number))

    def teardown(self):
        super().teardown()
        pool.clear()
        for box in self.model.boxes:
            box.owner.close()


def test_whatever_happens_the_crm_is_what_the_mailboxes_are(
    dovecot, trusting, monkeypatch, seller, colleague
):
    trusting(dovecot.ca)
    few_at_a_time(monkeypatch)
    with Workers(batch=2) as workers:
        run_state_machine_as_test(
            partial(DovecotMachine, dovecot, workers, [seller, colleague]),
            settings=settings(
                max_examples=40,
                stateful_step_count=40,
                deadline=None,
                print_blob=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
