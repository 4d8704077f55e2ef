"""What a token endpoint answered, read as if anybody had written it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from django.utils import timezone

#: RFC 6749 A.12 and A.17: printable ASCII. Microsoft's are some 2 kB long.
_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")
#: The longest pause that is believed.
A_DAY = 86_400


@dataclass(frozen=True)
class Answer:
    """``told``: the JSON object of the body, empty where it is none: secrets, and strangers' words."""

    status: int
    retry_after: int | None
    told: Mapping[str, Any] = field(repr=False)

    @property
    def error(self) -> str:
        """The error's code (RFC 6749 5.2); "" where there is none."""
        error = self.told.get("error")
        return error if isinstance(error, str) else ""

    @property
    def scopes(self) -> frozenset[str] | None:
        """What was allowed; None where nothing is said."""
        told = self.told.get("scope")
        return frozenset(told.split()) if isinstance(told, str) else None

    def token(self, name: str) -> str:
        """The token called ``name``; "" where it is none that could be sent."""
        token = self.told.get(name)
        return token if isinstance(token, str) and _TOKEN.fullmatch(token) else ""

    def seconds(self, name: str, longest: timedelta) -> timedelta | None:
        """A number of seconds, not beyond ``longest``; None where it is no number."""
        told = self.told.get(name)
        if isinstance(told, str) and re.fullmatch(r"[0-9]{1,18}", told):
            told = int(told)  # some providers quote it
        if isinstance(told, bool) or not isinstance(told, int | float) or not told >= 0:
            return None
        return timedelta(seconds=min(told, longest.total_seconds()))


def read(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    """Never raises for what the body or a header holds."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    return Answer(
        status, _retry_after(headers.get("Retry-After", "")), told if isinstance(told, dict) else {}
    )


def _retry_after(value: str) -> int | None:
    """Seconds to wait (RFC 9110 10.2.3: a number, or a date), from 1 to a day; None where nothing is said."""
    if re.fullmatch(r"[0-9]{1,9}", value.strip()):
        seconds = int(value)
    else:
        try:
            date = parsedate_to_datetime(value)
        except (ValueError, TypeError, OverflowError):
            return None
        seconds = _until(date)
    return max(1, min(seconds, A_DAY))


def _until(date: datetime) -> int:
    aware = date if date.tzinfo else date.replace(tzinfo=UTC)
    return round((aware - timezone.now()).total_seconds())
