"""Hundreds of odd messages in one mailbox: each is stored or set aside, and none stops another."""

import os
import tracemalloc

import pytest

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


def fill(maildir) -> None:
    """Lay the messages into a Maildir as they are: APPEND and LMTP would refuse or mend some."""
    for name in ("cur", "new", "tmp"):
        (maildir / name).mkdir(parents=True)
    for number, odd in enumerate(LETTERS.values()):
        (maildir / "cur" / f"{1_700_000_000 + number}.{number}.odd:2,S").write_bytes(odd.raw)
    owner = maildir.parent.parent.stat()
    for path in (maildir.parent, *maildir.parent.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid)


@pytest.mark.dovecot
def test_every_odd_message_of_a_mailbox_is_stored_or_set_aside(mailbox, seller):
    fill(mailbox.dovecot.maildir(mailbox.user))
    assert sync_account(account_at(mailbox, seller).pk)
    assert Location.objects.count() + Quarantined.objects.count() == len(LETTERS)
    assert sorted(Quarantined.objects.values_list("error", flat=True)) == sorted(UNREADABLE.values())
    concerned = Participant.objects.filter(address__value=ANA).values("message").distinct().count()
    assert concerned == Message.objects.count()


def test_every_odd_message_is_stored_or_set_aside_by_its_name(world, seller):
    """As they are: a server makes other line ends of them, and of NUL something else."""
    names = {world.put(odd.raw): name for name, odd in LETTERS.items()}
    assert sync_account(account(seller).pk)
    aside = {names[uid]: error for uid, error in Quarantined.objects.values_list("uid", "error")}
    assert aside == UNREADABLE
    stored = {names[uid] for uid in Location.objects.values_list("uid", flat=True)}
    assert stored == LETTERS.keys() - UNREADABLE.keys()
    kept = {names[row.uid]: bytes(row.raw) for row in Quarantined.objects.all()}
    assert kept == {name: LETTERS[name].raw for name in UNREADABLE}


def test_odd_messages_need_little_memory(world, seller):
    mine = account(seller)
    for odd in LETTERS.values():
        world.put(odd.raw)
    tracemalloc.start()
    try:
        assert sync_account(mine.pk)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    print("PEAK", peak, sum(len(o.raw) for o in LETTERS.values()))
    assert peak < 64 * 2**20
