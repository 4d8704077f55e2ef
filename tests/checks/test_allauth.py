"""System checks of django-allauth."""

import pytest
from django.apps import apps
from django.core.checks import run_checks

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


@pytest.mark.parametrize(
    "more",
    [
        {"SOCIALACCOUNT_STORE_TOKENS": True},
        {"SOCIALACCOUNT_PROVIDERS": {"google": {"APP": {"client_id": "id", "secret": "sesame"}}}},
    ],
    ids=["stored tokens", "no PKCE"],
)
def test_how_the_site_itself_signs_people_in_is_its_own_business(settings, more):
    """No consent to a mailbox comes near either setting (``tests/admin/test_consent.py``)."""
    for name, value in more.items():
        setattr(settings, name, value)
    found = [one for one in run_checks(tags=["escala_email"]) if "allauth" in one.msg or "PKCE" in one.msg]
    assert found == []
