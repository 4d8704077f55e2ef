"""A mailbox that was connected again says how much it filled, while that is news."""

from datetime import timedelta

import pytest
from django.utils import timezone

from escala_email_plugin.models import EmailAccount
from tests.making import DAY, account, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(client, seller):
    client.force_login(seller)
    account(seller, last_success=timezone.now(), reconnected_at=timezone.now(), gap_from=DAY)

    def said(**values) -> str:
        EmailAccount.objects.update(**values)
        return client.get(at("status")).context["status"].gap

    return said


def test_while_it_is_filled_it_says_since_when(said):
    assert said().startswith("Connected again. What came since 03/03/2026")


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 messages that came"), (1, "1 message that came"), (2140, "2,140 messages that came")],
)
def test_then_it_says_how_much_that_was(said, client, number, words):
    assert words in said(gap_filled=number)
    assert words in client.get(at("status")).content.decode()


@pytest.mark.parametrize(
    "values",
    [
        {"gap_from": None},
        {"reconnected_at": None},
        {"reconnected_at": timezone.now() - timedelta(days=8), "gap_filled": 3},
        {"state": "reconnect"},
        {"mode": "off"},
    ],
)
def test_otherwise_there_is_nothing_to_say(said, values):
    assert said(**values) == ""
