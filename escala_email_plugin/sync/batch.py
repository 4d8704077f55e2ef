"""UIDs to look at together, and the mark that moves once they were."""

from dataclasses import dataclass
from typing import Protocol, Self

from django.db.models import Case, F, When

from ..models import Folder


class Mark(Protocol):
    """How far something has come in a folder. It moves in the transaction that records what it passes."""

    def at(self, uid: int, downwards: bool) -> Self:
        """The mark once everything as far as ``uid`` was dealt with."""

    def move(self, folder: Folder) -> None:
        """Store it on the folder's row. Call it in a transaction."""


@dataclass(frozen=True)
class Cursor:
    """The stretch of UIDs that has been looked at: ``[scanned_from, scanned_to)``."""

    scanned_from: int
    scanned_to: int

    def at(self, uid: int, downwards: bool) -> "Cursor":
        """The stretch once everything as far as ``uid`` was dealt with."""
        return Cursor(uid, self.scanned_to) if downwards else Cursor(self.scanned_from, uid + 1)

    def move(self, folder: Folder) -> None:
        """Store it, with the numbering it belongs to."""
        folder.scanned_from, folder.scanned_to = self.scanned_from, self.scanned_to
        # What came makes up for what went: until both were compared, the count of before says nothing.
        climbs = When(scanned_to__lt=self.scanned_to, then=None)
        Folder.objects.filter(pk=folder.pk).update(
            uidvalidity=folder.uidvalidity,
            scanned_from=self.scanned_from,
            scanned_to=self.scanned_to,
            exists=Case(climbs, default=F("exists")),
        )


@dataclass(frozen=True)
class Batch:
    """UIDs in the order to look at them, and where the mark stands once all were (None: there is none)."""

    uids: list[int]
    mark: Mark | None
    downwards: bool

    def mark_at(self, uid: int) -> Mark | None:
        """Where the mark stands once the UIDs as far as ``uid`` were looked at."""
        return self.mark if self.mark is None or uid == self.uids[-1] else self.mark.at(uid, self.downwards)

    def halves(self) -> tuple["Batch", "Batch"]:
        """The batch as two smaller ones, each with its own place for the mark."""
        middle = len(self.uids) // 2
        first = Batch(self.uids[:middle], self.mark_at(self.uids[middle - 1]), self.downwards)
        return first, Batch(self.uids[middle:], self.mark, self.downwards)
