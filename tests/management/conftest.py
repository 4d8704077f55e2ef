"""What the doctor's tests share: a site on which all is well."""

import pytest
from django.utils import timezone

from escala_email_plugin.management.doctor import examine
from escala_email_plugin.models import Beat


@pytest.fixture
def well(settings, db):
    """A site that the doctor has nothing to say about."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.DEFAULT_FROM_EMAIL = "crm@andina.test"
    settings.WAGTAILADMIN_BASE_URL = "https://crm.andina.test"
    for name in ("worker", "watcher"):
        Beat.objects.create(name=name, at=timezone.now())
    return settings


@pytest.fixture
def found():
    """found(check): the findings of a check as (level, says, remedy)."""

    def ask(check: str, network: bool = False) -> list[tuple[str, str, str]]:
        return [
            (one.level.name.lower(), one.says, one.remedy)
            for one in examine(network=network)
            if one.check == check
        ]

    return ask
