"""Where a page of a timeline begins.

A hidden message has its place by its day alone: behind all that is shown of that day, whatever its hour. Else
whoever makes up positions, or writes mail of their own around it, would find the hour.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from .filters import HIGHEST_ID


class BadCursor(ValueError):
    """A page position that was not made by ``Position.text``."""


def day_of(moment: datetime) -> date:
    """The day that is told of a hidden message: the site's. By the reader's, who chooses a time zone, another
    time zone after the other would tell the hour.
    """
    return timezone.localdate(moment, timezone.get_default_timezone())


def beginning_of(day: date) -> datetime:
    """The moment at which ``day`` begins here."""
    return datetime.combine(day, time.min, timezone.get_default_timezone()).astimezone(UTC)


@dataclass(frozen=True)
class Position:
    """A place between two messages, for keyset paging. ``sent_at``: of a hidden one its day's beginning."""

    sent_at: datetime
    pk: int
    #: It is that of a hidden message, of which nobody learns more than the day.
    is_veiled: bool = False

    @classmethod
    def of(cls, sent_at: datetime, pk: int, *, is_hidden: bool = False) -> "Position":
        """That of a message, where a hidden one has its place by its day."""
        return cls(beginning_of(day_of(sent_at)), pk, True) if is_hidden else cls(sent_at, pk)

    @property
    def day(self) -> date:
        """The day it is in."""
        return day_of(self.sent_at)

    @property
    def rank(self) -> tuple:
        """By which positions are ordered, as the messages are: the earlier ones are the smaller."""
        return self.day, not self.is_veiled, self.sent_at, self.pk

    @property
    def text(self) -> str:
        """For a URL and an id: microseconds since 1970, or the day of what is hidden; and the message's."""
        if self.is_veiled:
            return f"d{self.day:%Y%m%d}-{self.pk}"
        return f"{round(self.sent_at.timestamp() * 1_000_000)}-{self.pk}"

    @classmethod
    def read(cls, text: str) -> "Position":
        """The position written as ``text``. Raises BadCursor."""
        moment, _, pk = text.removeprefix("d").partition("-")
        try:
            if text.startswith("d"):
                day = datetime.strptime(moment, "%Y%m%d").date()
                found = cls(beginning_of(day), int(pk), True)
            else:
                found = cls(datetime.fromtimestamp(int(moment) / 1_000_000, UTC), int(pk))
            found.end_of_day()
            if not 0 <= found.pk <= HIGHEST_ID:
                raise OverflowError
        except (ValueError, OverflowError, OSError):
            raise BadCursor(text) from None
        return found

    def end_of_day(self) -> datetime:
        """The moment at which its day is over. Raises OverflowError where time ends before."""
        return beginning_of(self.day + timedelta(days=1))

    def before(self, messages: QuerySet) -> QuerySet:
        """Those of ``messages`` that are older than this place."""
        return messages.filter(
            Q(sent_at__lt=self.sent_at) | Q(sent_at=self.sent_at, pk__lt=self.pk), sent_at__lte=self.sent_at
        )
