"""kill -9 while mail goes, because somebody left or by its age: whoever goes on leaves nothing half."""

from datetime import timedelta

import pytest
from django.utils import timezone

from escala_email_plugin.models import (
    Attachment,
    EmailAccount,
    Location,
    Message,
    Participant,
    Policy,
    Thread,
    ThreadLevel,
)
from escala_email_plugin.sync import erase
from escala_email_plugin.visibility import Level
from sandbox.crm.models import Person
from tests.making import account, letter, stored
from tests.sync.mortal import Workers
from tests.sync.test_killed import wake

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def ana(db):
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


@pytest.fixture
def letters():
    return [
        letter(subject=f"{n}", minutes=n, attachments=[("a.txt", "text/plain", b"%d" % n)]) for n in range(40)
    ]


def nothing_is_half() -> None:
    assert not Message.objects.filter(locations=None).exists()
    assert not Message.objects.filter(participants=None).exists()
    for message in Message.objects.filter(text="", attachments__isnull=False):
        raise AssertionError(f"{message} lost its text and kept its attachments")


def killed_again_and_again(work) -> int:
    """How often a worker was killed until one came to the end."""
    killed, patience = 0, 3
    while (fate := work(("write", patience))).killed:
        wake()
        nothing_is_half()
        killed += 1
        patience += 2
    assert fate.done or erase.due()  # what was ordered to go as a whole is somebody else's
    nothing_is_half()
    return killed


@pytest.mark.parametrize("rule", ["keep", "subject", "purge"])
def test_what_is_killed_while_it_removes_a_leavers_mail_comes_to_its_end(seller, colleague, letters, rule):
    mine, theirs = account(seller, shares=True), account(colleague, "marcos@andina.test")
    for message in stored(mine, *letters)[:20]:
        ThreadLevel.objects.create(account=mine, thread=message.thread, level=Level.NOTHING)
    stored(theirs, *letters[::4])
    Policy.objects.create(pk=1, leaver_rule=rule)
    seller.is_active = False
    seller.save()
    EmailAccount.objects.filter(pk=mine.pk).update(left_at=timezone.now() - timedelta(days=31))
    with Workers(batch=5) as workers:
        killed = killed_again_and_again(lambda kill: workers.leave(mine.pk, kill=kill))
    assert killed >= (1 if rule == "purge" else 5)
    for pk in erase.due():
        assert erase.erase(pk)
    kept = 10 if rule == "purge" else 25  # the colleague's ten, and fifteen more that were shared
    assert Message.objects.count() == kept
    assert Message.objects.exclude(text="").count() == (10 if rule != "keep" else 25)
    assert Attachment.objects.count() == (10 if rule != "keep" else 25)
    assert Location.objects.filter(account=theirs).count() == 10
    assert not Thread.objects.filter(messages=None).exists()
    assert not Participant.objects.exclude(message__in=Message.objects.all()).exists()


def test_what_is_killed_while_it_removes_the_old_comes_to_its_end(seller, letters):
    stored(account(seller), *letters)
    Message.objects.filter(subject__in=[f"{n}" for n in range(30)]).update(
        sent_at=timezone.now() - timedelta(days=4000)
    )
    Message.objects.exclude(subject__in=[f"{n}" for n in range(30)]).update(sent_at=timezone.now())
    Policy.objects.create(pk=1, retention_days=3999)
    with Workers(batch=5) as workers:
        assert killed_again_and_again(lambda kill: workers.age(kill=kill)) >= 5
    assert Message.objects.count() == Location.objects.count() == Attachment.objects.count() == 10
