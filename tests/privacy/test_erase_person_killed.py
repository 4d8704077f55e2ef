"""kill -9 in the middle of erasing a person: whoever goes on leaves nothing, and counts nothing twice."""

import pytest

from escala_email_plugin.models import Erasure, Location, Message, Thread
from escala_email_plugin.privacy import erase_person
from sandbox.crm.models import Person
from tests.making import account, letter, stored
from tests.sync.mortal import Workers

from .everything import everything

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

CANARY, NAME = "canario@cliente.test", "Canaria Plumón"


def test_what_is_killed_again_and_again_comes_to_its_end(seller):
    Person.objects.create(first_name="Luis", last_name="Pérez", email="luis@cliente.test")
    mine = account(seller)
    files = [("a.txt", "text/plain", CANARY.encode())]
    stored(mine, *(letter(f"{NAME} <{CANARY}>", subject=f"{n}", attachments=files) for n in range(60)))
    about = {"to": "luis@cliente.test", "text": f"{NAME} <{CANARY}>\n"}
    stored(mine, *(letter(f"{NAME} <{CANARY}>", subject=f"x{n}", **about) for n in range(60)))
    stored(mine, *(letter(subject=f"y{n}", **about) for n in range(60)))
    (row,) = erase_person.order([CANARY])
    killed, patience = 0, 3
    with Workers() as workers:
        while (fate := workers.erase_person(row.pk, kill=("write", patience))).killed:
            killed += 1
            patience += 7
            assert not Message.objects.filter(locations=None).exists()
    assert fate.done
    assert killed >= 5
    report = Erasure.objects.get().report
    assert (report["removed"], report["redacted"], report["places"], report["attachments"]) == (
        60,
        120,
        60,
        60,
    )
    assert Message.objects.count() == Location.objects.count() == 120
    assert not Thread.objects.filter(messages=None).exists()
    left = everything()
    assert CANARY not in left
    assert "plum" not in left
