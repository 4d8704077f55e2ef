"""The banner: who sees it, where it leads, and what it costs who does not need it."""

import re
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from escala_email_plugin.models import EmailAccount
from tests.making import account, at

pytestmark = pytest.mark.django_db

XHR = {"x-requested-with": "XMLHttpRequest"}


def url() -> str:
    return reverse("escala_email:banner")


@pytest.fixture
def fallen(seller):
    return account(seller, state="reconnect", trouble="login_refused")


def test_its_owner_is_one_click_from_connecting_again(client, seller, fallen):
    client.force_login(seller)
    page = client.get(url()).content.decode()
    assert "The mailbox lucia@andina.test must be connected again." in page
    assert f'href="{at("connect")}#id_password"' in page


def test_who_signs_in_at_a_provider_is_one_click_from_its_page(seller, fallen):
    EmailAccount.objects.update(provider="google")
    client = Client(enforce_csrf_checks=True)
    client.force_login(seller)
    page = client.get(url()).content.decode()
    action = at("consent", "google")
    assert f'action="{action}" method="post"' in page
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    response = client.post(action, {"csrfmiddlewaretoken": token})
    assert response.status_code == 302
    assert "login_hint=lucia%40andina.test" in response.url


def test_where_the_site_lost_the_provider_the_page_says_so(client, seller, fallen, settings):
    EmailAccount.objects.update(provider="google")
    settings.SOCIALACCOUNT_PROVIDERS = {}
    client.force_login(seller)
    assert f'href="{at("account")}"' in client.get(url()).content.decode()


@pytest.mark.parametrize("state", ["connected", "waiting", "disconnected"])
def test_in_every_other_state_there_is_none(client, seller, fallen, state):
    EmailAccount.objects.update(state=state)
    client.force_login(seller)
    response = client.get(url())
    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize("who", ["colleague", "outsider", "administrator"])
def test_nobody_sees_that_of_somebody_else(client, request, fallen, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get(url()).status_code == 204


@pytest.mark.parametrize("kind", ["shared", "marketing"])
def test_that_of_a_mailbox_of_all_is_for_who_manages_it(client, seller, colleague, kind):
    account(kind=kind, address="ventas@andina.test", state="reconnect")
    colleague.user_permissions.add(Permission.objects.get(codename=f"manage_{kind}_account"))
    client.force_login(seller)
    assert client.get(url()).status_code == 204
    client.force_login(colleague)
    assert at("connect", kind=kind) in client.get(url()).content.decode()


def test_a_mailbox_that_is_being_erased_asks_for_nothing(client, seller, fallen):
    EmailAccount.objects.update(erase_at=datetime.now(UTC))
    client.force_login(seller)
    assert client.get(url()).status_code == 204


def test_a_fall_is_known_by_its_moment_whatever_the_platform_and_its_clock(client, seller, fallen):
    EmailAccount.objects.update(state_since=datetime(2026, 3, 3, 9, 0, tzinfo=UTC))
    client.force_login(seller)
    assert f'data-escala-banner="{fallen.pk}-1772528400"' in client.get(url()).content.decode()


def test_another_fall_is_another_banner(client, seller, fallen):
    client.force_login(seller)
    pages = []
    for day in (3, 4, 4):
        EmailAccount.objects.update(state_since=datetime(2026, 3, day, tzinfo=UTC))
        pages.append(client.get(url()).content)
    assert pages[0] != pages[1] == pages[2]


def test_who_needs_none_costs_one_query_beside_those_of_every_admin_page(client, seller):
    account(seller)
    client.force_login(seller)
    client.get(url())
    with CaptureQueriesContext(connection) as asked:
        client.get(url())
    ours = [one["sql"] for one in asked.captured_queries if "escala_email" in one["sql"]]
    assert (len(ours), len(asked)) == (1, 6)  # session, user, profile, and twice its permissions


def test_strangers_get_nothing(client, fallen):
    assert client.get(url(), headers=XHR).status_code == 403


def test_every_admin_page_brings_the_script_and_nothing_inline(client, seller):
    client.force_login(seller)
    page = client.get(reverse("wagtailadmin_home")).content.decode()
    script = page[page.index("escala_email/js/banner.js") :].partition("</script>")[0]
    assert f'data-src="{url()}"' in script
    assert script.endswith(" defer>")
