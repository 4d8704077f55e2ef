"""How often somebody may make this site connect to a server or write to a colleague: enough for a person."""

import time
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

#: How often each person may do it in a minute. The host's cache counts: one that each process has for
#: itself, Django's default, counts for that process.
A_MINUTE = {"try": 10, "discover": 20, "ask": 20, "access": 20}

TRIED_TOO_OFTEN = _("You have tried very often just now. Wait a minute, then try again.")


def is_too_often(what: str, user: Any) -> bool:
    """Count one more attempt of ``user``; whether that is too many for this minute."""
    key = f"escala_email.{what}.{user.pk}.{_minute()}"
    cache.add(key, 0, timeout=120)
    try:
        return cache.incr(key) > A_MINUTE[what]
    except ValueError:  # a cache that keeps nothing, or has just let go of it
        return False


def _minute() -> int:
    return int(time.time() // 60)
