"""kill -9 in the middle: start again, and every matching message is there once."""

import random
import shutil

import pytest
from django.conf import settings as django_settings

from escala_email_plugin.models import (
    Address,
    Attachment,
    EmailAccount,
    Folder,
    Location,
    Message,
    Participant,
    Quarantined,
    RecordAddress,
    Reference,
    Thread,
)
from escala_email_plugin.sync.account import sync_account
from sandbox.crm.models import Person
from tests.emptying import empty
from tests.making import account_at, letter

from .mortal import Workers

pytestmark = [pytest.mark.dovecot, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

#: Of 500 messages in the mailbox, so many concern a contact.
MATCHING, STRANGE = 420, 80

#: Every so-manieth write and read is fatal once. Primes: the deaths wander through a transaction's steps.
EVERY = {"write": 23, "read": 17}


@pytest.fixture
def mine(mailbox, seller):
    """Conversations of four, some with a file, in three folders; strangers in between."""
    for n in range(MATCHING):
        reply = f"m{n - n % 4}@cliente.test" if n % 4 else None
        files = [("a.txt", "text/plain", b"%d" % n)] if n % 5 == 0 else []
        about = {"subject": f"{n}", "minutes": n, "message_id": f"m{n}@cliente.test", "reply_to": reply}
        folder = {1: "Sent", 2: "Clientes"}.get(n % 7, "INBOX")
        mailbox.append(
            letter(**about, attachments=files, **({"bcc": "z@z.test"} if n % 9 == 0 else {})), folder
        )
    for n in range(STRANGE):
        mailbox.append(letter("x@otra.test", subject="Ajeno", minutes=n))
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    return account_at(mailbox, seller)


@pytest.fixture
def workers(mine):
    with Workers() as some:
        yield some


def everything() -> dict[str, list]:
    """What a sync left behind, without ids and times."""
    return {
        "messages": sorted(Message.objects.values_list("subject", "message_id", "snippet", "key", "sent_at")),
        "places": sorted(
            Location.objects.values_list("folder__name", "uidvalidity", "uid", "gone_at", "message__key")
        ),
        "people": sorted(Participant.objects.values_list("message__key", "address__value", "role")),
        "files": sorted(Attachment.objects.values_list("message__key", "position", "name", "sha256")),
        "threads": sorted(
            sorted(thread.messages.values_list("subject", flat=True)) for thread in Thread.objects.all()
        ),
        "ids": sorted(Reference.objects.values_list("message_id", flat=True)),
        "cursors": sorted(Folder.objects.values_list("name", "uidvalidity", "scanned_from", "scanned_to")),
        "aside": sorted(Quarantined.objects.values_list("folder__name", "uid", "error")),
    }


def wake() -> None:
    """The lease of the dead would end by itself, and pauses too; here nobody waits for them."""
    EmailAccount.objects.update(lease_until=None, next_try=None)


def forget_everything() -> None:
    empty(EmailAccount, Address, RecordAddress)
    EmailAccount.objects.update(lease_token="", lease_until=None, next_try=None, wanted_at=None)
    shutil.rmtree(django_settings.STORAGES["escala_email"]["OPTIONS"]["location"], ignore_errors=True)


def check_files() -> None:
    for attachment in Attachment.objects.select_related("message"):
        with attachment.file.open("rb") as file:
            assert file.read().decode() == attachment.message.subject


@pytest.mark.parametrize("kind", ["write", "read"])
def test_after_a_death_at_any_moment_everything_is_as_if_there_had_been_none(mine, workers, kind):
    assert workers.sync(mine.pk).done
    expected = everything()
    assert len(expected["messages"]) == len(expected["places"]) == MATCHING
    moment, deaths = random.randint(1, EVERY[kind]), 0
    while True:
        forget_everything()
        if not workers.sync(mine.pk, kill=(kind, moment)).killed:
            break
        wake()
        assert workers.sync(mine.pk).done
        assert everything() == expected, f"killed before {kind} {moment}"
        check_files()
        moment, deaths = moment + EVERY[kind], deaths + 1
    assert deaths >= 8


@pytest.mark.parametrize("kind", ["write", "read"])
def test_a_worker_that_is_killed_again_and_again_loses_and_doubles_nothing(mine, workers, kind):
    killed, patience = 0, 5
    while (fate := workers.sync(mine.pk, kill=(kind, patience))).killed:
        wake()
        killed += 1
        patience += 2
    assert fate.done
    assert killed >= 5
    result = everything()
    assert len(result["messages"]) == len(result["places"]) == MATCHING
    check_files()
    forget_everything()
    assert sync_account(mine.pk)
    assert everything() == result


def test_the_lease_of_a_killed_worker_ends_by_itself(mine, workers):
    assert workers.sync(mine.pk, kill=("write", 40)).killed
    mine.refresh_from_db()
    assert mine.lease_token
    assert not sync_account(mine.pk)
    EmailAccount.objects.update(lease_until=mine.lease_until.replace(year=2020))
    assert sync_account(mine.pk)
    assert Message.objects.count() == MATCHING
