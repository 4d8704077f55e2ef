"""What an administrator sees before it happens: numbers, and no word of any message."""

from datetime import timedelta

import pytest
from django.utils import timezone

from escala_email_plugin.models import AccessRequest, CaptureAddress, EmailAccount, Policy, ThreadLevel
from escala_email_plugin.privacy import outlook
from escala_email_plugin.privacy.leavers import departed, here
from escala_email_plugin.visibility import Level
from sandbox.crm.models import Person
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


@pytest.fixture
def mine(seller, colleague, ana):
    """Five messages: two are shared and three are not; of each, a colleague has one, too."""
    mine, theirs = account(seller), account(colleague, "marcos@andina.test")
    raws = [letter(subject=f"{n}", minutes=n) for n in range(5)]
    for message in stored(mine, *raws)[:2]:
        ThreadLevel.objects.create(account=mine, thread=message.thread, level=Level.PEOPLE)
    stored(mine, raws[4], folder="Archivo")
    stored(theirs, raws[0], raws[2])
    return mine


def decide(rule, days=30):
    Policy.objects.update_or_create(pk=1, defaults={"leaver_rule": rule, "leaver_days": days})


@pytest.mark.parametrize(("rule", "going", "stripped"), [("keep", 2, 0), ("subject", 2, 1), ("purge", 3, 0)])
def test_what_would_go_is_told_by_the_rule(mine, seller, rule, going, stripped):
    decide(rule, 10)
    found = outlook.forecast(seller)
    (one,) = found.mailboxes
    assert (found.rule, found.days) == (rule, 10)
    assert (one.messages, one.shared, one.going, one.stripped) == (5, 2, going, stripped)
    assert not one.is_more
    assert timedelta(days=9) < one.goes_on - timezone.now() <= timedelta(days=10)


def test_open_questions_and_the_capture_address_are_told(mine, seller, colleague, ana):
    message = mine.locations.first().message
    AccessRequest.objects.create(
        asker=colleague, account=mine, message=message, record=ana, asked_at=timezone.now()
    )
    CaptureAddress.objects.create(user=seller, token="a")
    found = outlook.forecast(seller)
    assert found.mailboxes[0].questions == 1
    assert found.captures


def test_who_has_no_mailbox_has_nothing_to_be_told(outsider):
    assert not outlook.forecast(outsider)


def test_counting_stops_somewhere(mine, seller, monkeypatch):
    monkeypatch.setattr(outlook, "MOST", 3)
    (one,) = outlook.forecast(seller).mailboxes
    assert (one.messages, one.is_more) == (3, True)


def test_of_who_left_it_is_told_by_the_rule_of_that_day_and_until_when(mine, seller):
    decide("subject", 10)
    seller.is_active = False
    seller.save()
    decide("purge", 10)
    found = outlook.outlook(departed().get())
    assert (found.rule, found.going, found.stripped) == ("subject", 2, 1)
    mine.refresh_from_db()
    assert found.goes_on == mine.left_at + timedelta(days=10)


def test_who_left_unnoticed_is_among_those_who_left(mine, seller, colleague):
    assert [one.owner for one in here()] == [seller, colleague]
    EmailAccount.objects.filter(pk=mine.pk).update(owner=None)
    assert [one.owner for one in here()] == [colleague]
    assert departed().get() == mine
    assert outlook.outlook(departed().get()).goes_on > timezone.now() + timedelta(days=29)
