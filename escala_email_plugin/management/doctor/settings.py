"""Settings: what Django's system checks say of them, and what only shows against the stored data."""

import ssl
from collections.abc import Iterator

from django.conf import settings
from django.core import checks
from django.db.models import Count, Q

from ... import conf
from ...models import EmailAccount
from .finding import Finding, Level

#: Fields the form of the folders sends for each, and those it has anyway.
FIELDS_OF_A_FOLDER, FIELDS = 5, 20


def system_checks() -> Iterator[Finding]:
    """What the app's system checks say, but for those that SILENCED_SYSTEM_CHECKS names."""
    found = [one for one in checks.run_checks(tags=["escala_email"]) if not one.is_silenced()]
    for one in sorted(found, key=lambda one: str(one.id)):
        level = Level.WRONG if one.level >= checks.WARNING else Level.ADVICE
        yield Finding("settings", level, f"{one.id}: {one.msg}", one.hint or "")
    if not found:
        yield Finding("settings", Level.OK, "The system checks have no complaint.")


def authorities() -> Iterator[Finding]:
    """Whether the certificates we trust can be read."""
    try:
        conf.ssl_context()
    except (OSError, ssl.SSLError) as error:
        words = getattr(error, "strerror", None) or type(error).__name__
        says = f'ESCALA_EMAIL["CA_FILE"] cannot be read: {words}.'
        remedy = "Name a PEM file that every process may read."
        yield Finding("certificates", Level.WRONG, says, remedy)
    else:
        yield Finding("certificates", Level.OK, "The authorities we trust can be read.")


def form_fields() -> Iterator[Finding]:
    """Whether the form of the folders of the largest mailbox would be taken."""
    largest = (
        EmailAccount.objects.exclude(state=EmailAccount.State.DISCONNECTED)
        .annotate(there=Count("folders", filter=Q(folders__gone_at=None)))
        .order_by("-there")
        .first()
    )
    wanted = FIELDS + FIELDS_OF_A_FOLDER * (largest.there if largest else 0)
    limit = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    if limit is not None and wanted > limit:
        says = f"The folders of account {largest.pk} cannot be saved: {wanted} fields, and {limit} are taken."
        remedy = f"Set DATA_UPLOAD_MAX_NUMBER_FIELDS to {max(10_000, 2 * wanted)}."
        yield Finding("forms", Level.WRONG, says, remedy, largest.pk)
    else:
        yield Finding("forms", Level.OK, "The folders of every mailbox can be saved.")
