"""Who is offered to sign in with which provider, and who is told what is lacking."""

from datetime import timedelta

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.making import account, at

pytestmark = pytest.mark.django_db

LACKING = "is not set up on this site"


@pytest.fixture
def page(client, seller):
    """page(): what the seller sees."""
    client.force_login(seller)
    return lambda name="account": client.get(at(name)).content.decode()


def test_a_seller_is_offered_both_providers(page):
    shown = page()
    assert "Sign in with Google" in shown
    assert "Sign in with Microsoft" in shown
    assert "this CRM never learns your password" in shown
    assert LACKING not in shown


def test_a_provider_without_a_client_is_not_offered_and_sellers_never_hear_of_it(page, settings):
    google = settings.SOCIALACCOUNT_PROVIDERS["google"]
    settings.SOCIALACCOUNT_PROVIDERS = {"google": google}
    shown = page()
    assert "Sign in with Google" in shown
    assert "Microsoft" not in shown


def test_without_any_client_a_seller_sees_nothing_of_it(page, settings):
    settings.SOCIALACCOUNT_PROVIDERS = {}
    shown = page()
    assert "Google" not in shown
    assert "learns your password" not in shown


def test_an_administrator_is_told_how_to_set_it_up(client, administrator, settings):
    settings.SOCIALACCOUNT_PROVIDERS = {}
    client.force_login(administrator)
    shown = client.get(at("account")).content.decode()
    assert shown.count(LACKING) == 2
    assert "SOCIALACCOUNT_PROVIDERS" in shown
    assert "http://testserver/admin/email/oauth/microsoft/callback/" in shown
    assert "https://console.cloud.google.com/" in shown


def test_a_site_without_allauth_at_all_says_so_to_administrators(client, administrator, settings):
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if "allauth" not in one]
    client.force_login(administrator)
    shown = client.get(at("account")).content.decode()
    assert shown.count(LACKING) == 2
    assert "Sign in with" not in shown


def test_a_mailbox_that_lost_its_access_is_signed_in_again_with_one_click(seller, provider):
    account(seller, provider="google", state="reconnect", trouble="grant_refused")
    # As a browser: without the token of the form, Django lets nobody post.
    client = Client(enforce_csrf_checks=True)
    client.force_login(seller)
    for shown in (client.get(at("account")), client.get(at("status"))):
        text = shown.content.decode()
        assert "Sign in with Google again" in text
        assert "Sign in with Microsoft" not in text
        token = text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        sent = client.post(at("consent", "google"), {"csrfmiddlewaretoken": token})
        assert sent["Location"].startswith(provider.url)
        assert "login_hint=lucia%40andina.test" in sent["Location"]


def test_where_the_client_is_gone_the_owner_is_told_whom_to_ask(page, seller, settings):
    account(seller, provider="google", state="reconnect", trouble="grant_refused")
    settings.SOCIALACCOUNT_PROVIDERS = {}
    shown = page()
    assert "not set up for signing in with Google any more. Tell your administrator." in shown
    assert "SOCIALACCOUNT_PROVIDERS" not in shown
    assert "Sign in with Google again" not in shown


@pytest.mark.parametrize(("days", "said"), [(7, True), (6, False), (30, False)])
def test_a_consent_that_ended_after_a_week_is_explained(page, seller, days, said):
    now = timezone.now()
    account(
        seller,
        provider="google",
        state="reconnect",
        trouble="grant_refused",
        granted_at=now - timedelta(days=days),
        state_since=now,
    )
    assert ("testing mode" in page()) is said


def test_what_is_configured_of_a_mailbox_with_a_consent_is_the_consent(page, seller):
    account(seller, provider="microsoft")
    shown = page("connect")
    assert "Sign in with Microsoft again" in shown
    assert 'type="password"' not in shown


@pytest.mark.parametrize(("values", "asked"), [(None, 2), ({"provider": "google", "state": "reconnect"}, 1)])
def test_allauths_table_is_asked_once_about_each_provider(client, administrator, values, asked):
    if values:
        account(administrator, **values, trouble="grant_refused")
    client.force_login(administrator)
    client.get(at("account"))
    with CaptureQueriesContext(database) as queries:
        client.get(at("account"))
    assert sum("socialaccount_socialapp" in one["sql"] for one in queries) == asked
