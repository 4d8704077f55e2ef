"""Two administrators at once, and a worker that records meanwhile."""

import threading
import time

import pytest
from django.db import connection

from escala_email_plugin import addresses
from escala_email_plugin.models import Address, Erasure, Location, Message, Participant
from escala_email_plugin.privacy import erase_person
from escala_email_plugin.sync import erased
from sandbox.crm.models import Person
from tests.making import account, at_once, letter, stored

from .everything import everything

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("attachments")]

CANARY = "canario@cliente.test"


@pytest.fixture
def mine(seller):
    Person.objects.create(first_name="Luis", last_name="Pérez", email="luis@cliente.test")
    return account(seller)


def in_threads(*acts) -> None:
    """All at once, each with a connection of its own; raises what one of them raised."""
    failed = []

    def run(act):
        try:
            act()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed


def test_two_who_order_it_at_once_have_one_erasure_and_one_key(mine):
    first, second = at_once(lambda: erase_person.order([CANARY])[0].pk)
    assert first == second
    assert Erasure.objects.count() == 1
    assert erase_person.find(CANARY).pk == first


def test_two_who_order_the_same_people_in_another_order_both_get_through(mine, monkeypatch):
    """Each of them holds the first of its people when it comes to the second."""
    monkeypatch.setattr(erase_person, "_ordered", slowly(erase_person._ordered))
    people = [CANARY, "otra@cliente.test"]
    addresses.ids(people)
    erased.digest(CANARY)  # else they take turns for the key
    in_threads(lambda: erase_person.order(people), lambda: erase_person.order(people[::-1]))
    assert Erasure.objects.count() == 2


def slowly(act):
    def acting(*args):
        done = act(*args)
        time.sleep(0.5)
        return done

    return acting


def test_two_workers_at_once_leave_nothing_and_count_all_of_it_once(mine, monkeypatch):
    monkeypatch.setattr("escala_email_plugin.privacy.traces.BATCH", 3)
    stored(mine, *(letter(f"C <{CANARY}>", subject=f"{n}", minutes=n) for n in range(20)))
    stored(mine, *(letter(CANARY, "luis@cliente.test", subject=f"x{n}", minutes=n) for n in range(10)))
    (row,) = erase_person.order([CANARY])
    in_threads(*[lambda: erase_person.erase(row.pk)] * 2)
    while row.pk in erase_person.due():
        erase_person.erase(row.pk)
    row.refresh_from_db()
    assert (row.report["removed"], row.report["redacted"], row.report["places"]) == (20, 10, 20)
    assert Message.objects.count() == Location.objects.count() == 10
    assert CANARY not in everything()


def test_a_sync_at_the_same_time_leaves_nothing_behind(mine, colleague):
    theirs = account(colleague, "marcos@andina.test")
    raws = [letter(CANARY, "luis@cliente.test", subject=f"{n}", minutes=n) for n in range(30)]
    stored(mine, *raws[:10])
    (row,) = erase_person.order([CANARY])

    def record():
        from types import SimpleNamespace

        from escala_email_plugin.mail.parse import parse
        from escala_email_plugin.models import Folder
        from escala_email_plugin.servers.imap import Detail
        from escala_email_plugin.sync.fetch import Catch, Taken
        from escala_email_plugin.sync.progress import Progress
        from escala_email_plugin.sync.record import record as store
        from tests.making import DAY

        folder = Folder.objects.create(account=theirs, name="INBOX", uidvalidity=7)
        lease = SimpleNamespace(renew=lambda: None)
        for uid, raw in enumerate(raws, 1):
            taken = [Taken(uid, parse(raw, DAY), Detail(len(raw), DAY))]
            store(folder, Catch(uids=[uid], taken=taken), None, lease=lease, progress=Progress(theirs))

    in_threads(record, lambda: erase_person.erase(row.pk))
    while row.pk in erase_person.due():
        erase_person.erase(row.pk)
    assert not Participant.objects.filter(address__value=CANARY).exists()
    assert not Address.objects.filter(value=CANARY).exists()
    assert Message.objects.count() == 10
    assert CANARY not in everything()
