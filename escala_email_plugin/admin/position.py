"""Where a page of a timeline begins."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Q, QuerySet

from ..servers.secrets import SecretUnreadable, decrypt, encrypt


class BadCursor(ValueError):
    """A page position that was not made by ``Position.text``."""


@dataclass(frozen=True)
class Position:
    """A place between two messages, for keyset paging."""

    sent_at: datetime
    pk: int
    #: It is that of a hidden message, of which nobody learns more than the day.
    is_veiled: bool = False

    @property
    def text(self) -> str:
        """For a URL and an id: microseconds since 1970 and the message's id, encrypted where it is veiled."""
        plain = f"{round(self.sent_at.timestamp() * 1_000_000)}-{self.pk}"
        return encrypt(plain).rstrip("=") if self.is_veiled else plain

    @classmethod
    def read(cls, text: str) -> "Position":
        """The position written as ``text``. Raises BadCursor."""
        moment, _, pk = (text if text[:1].isdecimal() else _unveiled(text)).partition("-")
        try:
            return cls(datetime.fromtimestamp(int(moment) / 1_000_000, UTC), int(pk))
        except (ValueError, OverflowError, OSError):
            raise BadCursor(text) from None

    def before(self, messages: QuerySet) -> QuerySet:
        """Those of ``messages`` that are older than this place."""
        return messages.filter(
            Q(sent_at__lt=self.sent_at) | Q(sent_at=self.sent_at, pk__lt=self.pk), sent_at__lte=self.sent_at
        )


def _unveiled(text: str) -> str:
    try:
        return decrypt(text + "=" * (-len(text) % 4))
    except SecretUnreadable:
        raise BadCursor(text) from None
