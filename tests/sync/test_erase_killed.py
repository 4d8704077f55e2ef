"""kill -9 in the middle of erasing a mailbox: whoever goes on leaves nothing of it, and all of the others."""

import pytest

from escala_email_plugin.models import Attachment, EmailAccount, Location, Message, Participant, Thread
from escala_email_plugin.sync import erase
from sandbox.crm.models import Person
from tests.making import account, letter, stored

from .mortal import Workers
from .test_killed import wake

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_what_is_killed_again_and_again_comes_to_its_end(seller, colleague):
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    mine, theirs = account(seller), account(colleague, "marcos@andina.test")
    raws = [
        letter(subject=f"{n}", minutes=n, attachments=[("a.txt", "text/plain", b"%d" % n)]) for n in range(40)
    ]
    stored(mine, *raws)
    stored(theirs, *raws[::4])
    erase.order(mine)
    killed, patience = 0, 3
    with Workers(batch=5) as workers:
        while (fate := workers.erase(mine.pk, kill=("write", patience))).killed:
            wake()
            assert not Message.objects.filter(locations=None).exists()
            killed += 1
            patience += 2
    assert fate.done
    assert killed >= 5
    assert list(EmailAccount.objects.values_list("pk", flat=True)) == [theirs.pk]
    assert Message.objects.count() == Location.objects.count() == Attachment.objects.count() == 10
    assert not Thread.objects.filter(messages=None).exists()
    assert Participant.objects.exclude(message__in=Message.objects.all()).count() == 0
