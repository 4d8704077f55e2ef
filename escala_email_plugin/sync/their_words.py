"""What is written to somebody, in their own language and time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.utils import timezone, translation


@contextmanager
def their_words(user: Any) -> Iterator[str]:
    """Within it, texts and times are as ``user`` has chosen in the admin; gives the language."""
    profile = getattr(user, "wagtail_userprofile", None)
    language = profile.get_preferred_language() if profile else settings.LANGUAGE_CODE
    zone = profile.get_current_time_zone() if profile else settings.TIME_ZONE
    with translation.override(language), timezone.override(zone):
        yield language
