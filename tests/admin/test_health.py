"""Who may see the health page."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from tests.making import account

pytestmark = pytest.mark.django_db

URL = "escala_email:health"


def test_who_may_see_it_gets_json(client, outsider, seller):
    account(seller)
    outsider.user_permissions.add(Permission.objects.get(codename="view_health"))
    client.force_login(outsider)
    response = client.get(reverse(URL))
    assert response["Content-Type"] == "application/json"
    assert response.json()["totals"]["accounts"] == 1


def test_an_administrator_sees_it(client, administrator):
    client.force_login(administrator)
    assert client.get(reverse(URL)).json()["ok"]


@pytest.mark.parametrize("who", ["seller", "outsider"])
def test_others_do_not(client, request, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse(URL), headers={"x-requested-with": "XMLHttpRequest"}).status_code == 403


def test_nobody_sees_it_without_logging_in(client, db):
    assert client.get(reverse(URL)).status_code == 302
