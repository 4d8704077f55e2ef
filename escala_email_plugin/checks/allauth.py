"""django-allauth, through which providers consent: is it wired?"""

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
