"""What a poll costs when there is nothing new."""

import pytest

from escala_email_plugin.models import Run
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.mailbox import Mailbox
from sandbox.crm.models import Person
from tests.making import account, account_at, letter

pytestmark = pytest.mark.django_db

FOLDERS = 10


@pytest.fixture(autouse=True)
def ana():
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


@pytest.fixture
def traffic(monkeypatch):
    """The meter of each mailbox that was opened."""
    meters = []
    original = Mailbox.__enter__

    def enter(self):
        meters.append(self.meter)
        return original(self)

    monkeypatch.setattr(Mailbox, "__enter__", enter)
    return lambda: meters[-1].told()["traffic"]


@pytest.mark.dovecot
def test_a_quiet_poll_of_ten_folders_is_one_round_trip_over_the_connection_of_before(
    mailbox, seller, traffic, django_assert_max_num_queries
):
    for n in range(FOLDERS):
        mailbox.append(letter(subject=f"{n}", minutes=n), f"Carpeta {n}")
    mine = account_at(mailbox, seller)
    sync_account(mine.pk)
    sync_account(mine.pk)
    runs = Run.objects.count()
    with django_assert_max_num_queries(18):
        assert sync_account(mine.pk)
    assert traffic()["commands"] == 1
    assert Run.objects.count() == runs


def test_a_server_that_lists_no_numbers_is_asked_once_a_folder(world, seller, traffic):
    for n in range(FOLDERS):
        world.put(letter(subject=f"{n}", minutes=n), f"Carpeta {n}")
    mine = account(seller)
    sync_account(mine.pk)
    sync_account(mine.pk)
    assert traffic()["commands"] == FOLDERS + 1
