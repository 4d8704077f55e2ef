"""Wagtail's log of mailboxes, which whoever has any permission about mailboxes reads in its site history."""

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from tests.making import account, at

pytestmark = pytest.mark.django_db


def disconnect(user, kind="personal"):
    client = Client()
    client.force_login(user)
    client.post(at("disconnect", kind=kind))


def test_a_colleague_learns_no_address_from_the_site_history(client, seller, colleague):
    account(colleague, "marcos@andina.test")
    disconnect(colleague)
    client.force_login(seller)
    page = client.get(reverse("wagtailadmin_reports:site_history")).content.decode()
    assert "Mailbox disconnected" in page
    assert "Personal mailbox" in page
    assert "marcos@andina.test" not in page


@pytest.mark.parametrize("kind", ["shared", "marketing"])
def test_a_mailbox_of_all_is_called_by_its_address(manager, kind):
    account(address="ventas@andina.test", kind=kind)
    disconnect(manager, kind)
    assert ModelLogEntry.objects.get().label == "ventas@andina.test"
