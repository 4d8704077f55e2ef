"""System checks of django-allauth."""

import pytest
from django.apps import apps

from escala_email_plugin import checks

PROVIDERS = [f"allauth.socialaccount.providers.{name}" for name in ("google", "microsoft")]


@pytest.fixture
def without(monkeypatch):
    """without(app, …): it is as if they were not installed. (Apps cannot be set up a second time.)"""
    is_installed = apps.is_installed

    def lack(*absent: str) -> None:
        monkeypatch.setattr(apps, "is_installed", lambda name: name not in absent and is_installed(name))

    return lack


def ids(found) -> list[str]:
    return [one.id for one in found]


def test_what_is_wired_has_no_complaint():
    assert checks.check_allauth() == []


def test_the_apps_and_the_middleware_that_are_lacking_are_named(settings, without):
    without("allauth")
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if "allauth" not in one]
    lacking, middleware = checks.check_allauth()
    assert ids([lacking, middleware]) == ["escala_email.W005"] * 2
    assert lacking.msg.endswith("lacks allauth.")
    assert "AccountMiddleware" in middleware.msg


def test_who_uses_no_provider_needs_none_of_it(settings, without):
    without(*PROVIDERS)
    settings.MIDDLEWARE = []
    assert checks.check_allauth() == []


def test_tokens_that_would_be_kept_in_plain_text_are_worth_a_warning(settings):
    assert checks.check_stored_tokens() == []
    settings.SOCIALACCOUNT_STORE_TOKENS = True
    assert ids(checks.check_stored_tokens()) == ["escala_email.W006"]


APP = {"client_id": "id", "secret": "sesame"}


@pytest.mark.parametrize(
    ("options", "warned"),
    [
        ({"APP": APP, "OAUTH_PKCE_ENABLED": True}, False),
        ({"APP": {**APP, "settings": {"oauth_pkce_enabled": True}}}, False),
        ({"APP": APP}, True),
        ({"APP": APP, "OAUTH_PKCE_ENABLED": False}, True),
        (
            {"APPS": [APP, {**APP, "settings": {"oauth_pkce_enabled": False}}], "OAUTH_PKCE_ENABLED": True},
            True,
        ),
        ({}, True),
    ],
)
def test_a_consent_without_pkce_is_worth_a_warning(settings, options, warned):
    settings.SOCIALACCOUNT_PROVIDERS = {"google": options}
    found = checks.check_pkce()
    assert ids(found) == (["escala_email.W007"] if warned else [])
    assert "sesame" not in str(found)


def test_a_site_without_providers_is_not_asked_for_pkce(settings):
    settings.SOCIALACCOUNT_PROVIDERS = {}
    assert checks.check_pkce() == []
