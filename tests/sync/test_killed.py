"""kill -9 in the middle: start again, and every matching message is there once."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection

from escala_email_plugin.models import (
    Attachment,
    EmailAccount,
    Location,
    Message,
    Participant,
    Reference,
    Thread,
)
from escala_email_plugin.sync.account import sync_account
from sandbox.crm.models import Person
from tests.making import account_at, letter

pytestmark = [pytest.mark.dovecot, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parent.parent.parent
MATCHING = 120

#: A worker that kills itself after so many statements: no handler, no flush, no farewell.
WORKER = """
import os, signal, sys
import django
django.setup()
from django.db import connection
from escala_email_plugin.sync import windows
from escala_email_plugin.sync.account import sync_account
windows.BATCH = windows.LARGE_BATCH = 20  # many transactions to be killed in
left = int(sys.argv[2])
def count(execute, sql, params, many, context):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)
with connection.execute_wrapper(count):
    sync_account(int(sys.argv[1]))
"""


@pytest.fixture
def mine(mailbox, seller):
    for n in range(MATCHING):
        reply = f"m{n - n % 4}@cliente.test" if n % 4 else None
        mailbox.append(
            letter(
                subject=f"{n}",
                minutes=n,
                message_id=f"m{n}@cliente.test",
                reply_to=reply,
                attachments=[("a.txt", "text/plain", b"%d" % n)],
            )
        )
        if n % 3 == 0:
            mailbox.append(letter("x@otra.test", subject="Ajeno", minutes=n))
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    return account_at(mailbox, seller)


def start(mine, statements: int) -> subprocess.Popen:
    database = connection.settings_dict["NAME"]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "ESCALA_TEST_DATABASE": str(database),
        "ESCALA_TEST_ATTACHMENTS": django_settings.STORAGES["escala_email"]["OPTIONS"]["location"],
        "ESCALA_TEST_CA": str(django_settings.ESCALA_EMAIL["CA_FILE"]),
        "ESCALA_TEST_KEY": django_settings.ESCALA_EMAIL["SECRET_KEYS"][0],
    }
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(mine.pk), str(statements)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def everything() -> tuple:
    """What a sync left behind, without ids and times."""
    return (
        sorted(Message.objects.values_list("subject", "message_id", "snippet")),
        sorted(Location.objects.values_list("folder__name", "uid", "message__message_id")),
        sorted(Participant.objects.values_list("message__message_id", "address__value", "role")),
        sorted(Attachment.objects.values_list("message__message_id", "name", "sha256")),
        sorted(Reference.objects.values_list("message_id", flat=True)),
        Message.objects.values("thread").distinct().count(),
    )


def test_a_worker_that_is_killed_again_and_again_loses_and_doubles_nothing(mine):
    killed, statements = 0, 5
    while True:
        worker = start(mine, statements)
        output, _ = worker.communicate(timeout=60)
        # The lease of the dead would end by itself; here nobody waits for it.
        EmailAccount.objects.update(lease_until=None)
        if worker.returncode != -signal.SIGKILL:
            assert worker.returncode == 0, output.decode()
            break
        killed += 1
        statements += 6
    assert killed >= 8
    result = everything()
    assert [len(part) for part in result[:2]] == [MATCHING, MATCHING]
    assert result[-1] == MATCHING // 4
    for attachment in Attachment.objects.select_related("message"):
        with attachment.file.open("rb") as file:
            assert file.read().decode() == attachment.message.subject
    Message.objects.all().delete()
    Thread.objects.all().delete()
    mine.folders.all().delete()
    assert sync_account(mine.pk)
    assert everything() == result


def test_the_lease_of_a_killed_worker_ends_by_itself(mine):
    worker = start(mine, 40)
    worker.communicate(timeout=60)
    assert worker.returncode == -signal.SIGKILL
    mine.refresh_from_db()
    assert mine.lease_token
    assert not sync_account(mine.pk)
    EmailAccount.objects.update(lease_until=mine.lease_until.replace(year=2020))
    assert sync_account(mine.pk)
    assert Message.objects.count() == MATCHING
