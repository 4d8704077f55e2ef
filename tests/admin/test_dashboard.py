"""The panel on the admin's home."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.making import account, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(client):
    """home(user): the panel's text; "" where there is none."""

    def get(user) -> str:
        client.force_login(user)
        page = client.get(reverse("wagtailadmin_home")).content.decode()
        panel = page.partition('id="escala-mailboxes-section"')[2].partition("</section>")[0]
        return " ".join(re.sub(r"<[^>]+>", " ", panel).split())

    return get


def test_a_seller_sees_how_the_own_mailbox_is(home, seller, colleague):
    account(seller, state="waiting")
    account(colleague, "marcos@andina.test", state="reconnect")
    panel = home(seller)
    assert "lucia@andina.test Waiting for the provider" in panel
    assert "marcos@" not in panel
    assert "All mailboxes" not in panel


@pytest.mark.parametrize("state", [None, "disconnected"])
def test_a_seller_without_one_is_called_to_connect_it(client, home, seller, state):
    if state:
        account(seller, state=state)
    assert "Connect it" in home(seller)
    assert at("account") in client.get(reverse("wagtailadmin_home")).content.decode()


def test_who_may_neither_connect_nor_see_all_sees_nothing(home, outsider):
    account(outsider)
    assert home(outsider) == ""


def test_an_administrator_sees_how_many_are_well(home, administrator, seller, colleague, outsider):
    account(seller)
    account(colleague, "marcos@andina.test", state="reconnect")
    account(outsider, "nadie@andina.test", state="waiting")
    account(address="ventas@andina.test")
    account(kind="marketing", address="noticias@andina.test", erase_at=timezone.now())
    panel = home(administrator)
    assert "2 connected" in panel
    assert "1 waits for its provider" in panel
    assert "1 must be connected again" in panel
    assert "Your mailbox is not connected" in panel


def test_nothing_of_what_is_not_so_is_counted(home, administrator, seller):
    account(seller)
    panel = home(administrator)
    assert "1 connected" in panel
    assert "must be connected again" not in panel
    assert "provider" not in panel


def test_it_costs_one_query(client, home, seller):
    account(seller)
    home(seller)
    with CaptureQueriesContext(connection) as asked:
        home(seller)
    ours = [one["sql"] for one in asked.captured_queries if "escala_email_emailaccount" in one["sql"]]
    # Beside it the menu of every page counts the questions that wait.
    assert len([sql for sql in ours if "accessrequest" not in sql]) == 1
    assert len(ours) == 2
