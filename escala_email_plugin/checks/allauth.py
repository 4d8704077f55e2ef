"""django-allauth, through which providers consent: is it wired, and does it keep what it must not keep?"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

from ..servers.providers import APPS, MIDDLEWARE, PROVIDERS, allauth_app


@register("escala_email")
def check_allauth(**kwargs: Any) -> list[CheckMessage]:
    """W005: a provider's app is there, and not what it needs; then nobody can sign in with it."""
    if not any(apps.is_installed(allauth_app(name)) for name in PROVIDERS):
        return []
    lacking = [app for app in APPS if not apps.is_installed(app)]
    found = []
    if lacking:
        found.append(_not_wired(f"INSTALLED_APPS lacks {', '.join(lacking)}"))
    if MIDDLEWARE not in settings.MIDDLEWARE:
        found.append(_not_wired(f"MIDDLEWARE lacks {MIDDLEWARE}"))
    return found


def _not_wired(what: str) -> Warning:
    return Warning(
        f"django-allauth is not complete: {what}.",
        hint="Without it nobody can connect a mailbox by signing in at a provider.",
        id="escala_email.W005",
    )


@register("escala_email")
def check_stored_tokens(**kwargs: Any) -> list[CheckMessage]:
    """W006: allauth would keep the tokens that open mailboxes, in plain text."""
    if not getattr(settings, "SOCIALACCOUNT_STORE_TOKENS", False):
        return []
    return [
        Warning(
            "SOCIALACCOUNT_STORE_TOKENS is on: django-allauth keeps providers' tokens in plain text.",
            hint="Turn it off. The tokens that open mailboxes are kept encrypted, in tables of our own.",
            id="escala_email.W006",
        )
    ]


@register("escala_email")
def check_pkce(**kwargs: Any) -> list[CheckMessage]:
    """W007: a consent whose code somebody else could use (RFC 7636)."""
    return [
        Warning(
            f"The consent of {PROVIDERS[name].name} is asked for without PKCE.",
            hint=f'Set SOCIALACCOUNT_PROVIDERS["{name}"]["OAUTH_PKCE_ENABLED"] = True.',
            id="escala_email.W007",
        )
        for name in _without_pkce()
    ]


def _without_pkce() -> Iterator[str]:
    configured = getattr(settings, "SOCIALACCOUNT_PROVIDERS", None) or {}
    for name in PROVIDERS:
        options = configured.get(name)
        if options is None or not apps.is_installed(allauth_app(name)):
            continue
        # What an app says goes first, as in allauth itself.
        wanted = [app.get("settings", {}).get("oauth_pkce_enabled") for app in _apps_of(options)] or [None]
        if not all(options.get("OAUTH_PKCE_ENABLED") if one is None else one for one in wanted):
            yield name


def _apps_of(options: dict[str, Any]) -> list[dict[str, Any]]:
    return options.get("APPS") or ([options["APP"]] if options.get("APP") else [])
