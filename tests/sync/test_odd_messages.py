"""Hundreds of odd messages in one mailbox: each is stored or set aside, and none stops another."""

import os
import re
from pathlib import Path

import pytest
from django.db import connection

from escala_email_plugin.models import Location, Message, Participant, Quarantined
from escala_email_plugin.sync.account import sync_account
from sandbox.crm.models import Person
from tests.mail.odd import ANA, LETTERS
from tests.making import account, account_at

pytestmark = pytest.mark.django_db

UNREADABLE = {name: odd.error for name, odd in LETTERS.items() if odd.error}


@pytest.fixture(autouse=True)
def ana():
    return Person.objects.create(first_name="Ana", last_name="Gómez", email=ANA)


def fill(maildir: Path) -> None:
    """Lay the messages into a Maildir as they are: APPEND and LMTP would refuse or mend some."""
    for name in ("cur", "new", "tmp"):
        (maildir / name).mkdir(parents=True)
    for number, odd in enumerate(LETTERS.values()):
        (maildir / "cur" / f"{1_700_000_000 + number}.{number}.odd:2,S").write_bytes(odd.raw)
    owner = maildir.parent.parent.stat()
    for path in (maildir.parent, *maildir.parent.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid)


def memory(name: str) -> int:
    """VmRSS, what this process holds, or VmHWM, the most it ever held; in bytes."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(rf"^{name}:\s*(\d+) kB", status, re.MULTILINE)[1]) * 1024


@pytest.mark.dovecot
def test_every_odd_message_of_a_mailbox_is_stored_or_set_aside_in_little_memory(mailbox, seller):
    fill(mailbox.dovecot.maildir(mailbox.user))
    mine = account_at(mailbox, seller)
    Path("/proc/self/clear_refs").write_text("5")  # the highest mark falls to what is held now
    before = memory("VmRSS")
    assert sync_account(mine.pk)
    assert memory("VmHWM") - before < 64 * 2**20
    assert Location.objects.count() + Quarantined.objects.count() == len(LETTERS)
    assert sorted(Quarantined.objects.values_list("error", flat=True)) == sorted(UNREADABLE.values())
    concerned = Participant.objects.filter(address__value=ANA).values("message").distinct().count()
    assert concerned == Message.objects.count()


def test_every_odd_message_is_stored_or_set_aside_by_its_name_and_in_few_steps(world, seller):
    """As they are: a server makes other line ends of them, and of NUL something else."""
    names = {world.put(odd.raw): name for name, odd in LETTERS.items()}
    mine, queries = account(seller), []

    def count(execute, *arguments):
        queries.append(1)
        return execute(*arguments)

    with connection.execute_wrapper(count):
        assert sync_account(mine.pk)
    aside = {names[uid]: error for uid, error in Quarantined.objects.values_list("uid", "error")}
    assert aside == UNREADABLE
    stored = {names[uid] for uid in Location.objects.values_list("uid", flat=True)}
    assert stored == LETTERS.keys() - UNREADABLE.keys()
    kept = {names[row.uid]: bytes(row.raw) for row in Quarantined.objects.all()}
    assert kept == {name: LETTERS[name].raw for name in UNREADABLE}
    assert len(world.commands) < len(LETTERS) / 10
    assert len(queries) < 3 * len(LETTERS)
