"""A system check of how moments are kept."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register


@register("escala_email")
def check_time_zones(**kwargs: Any) -> list:
    """E013: moments without a zone, with which no date of a mail can be compared."""
    if settings.USE_TZ:
        return []
    return [
        Error(
            "USE_TZ is False: the dates of mails come from all time zones, and are kept with theirs.",
            hint="Set USE_TZ to True, as Django does by itself since 5.0.",
            id="escala_email.E013",
        )
    ]
