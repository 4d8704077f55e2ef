"""By which mailboxes somebody sees messages, how much, and why. It decides nothing (``visibility``)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from ..models import EmailAccount, Location
from ..visibility import Level


class Why(Enum):
    """What lets somebody see what a mailbox holds."""

    OWN = "own"
    MAILBOX = "mailbox"
    TEAM = "team"
    THREAD = "thread"
    GRANTED = "granted"
    #: Nothing does: it is hidden.
    HIDDEN = "hidden"


@dataclass(frozen=True)
class Place:
    """A place of a message; ``level``: what the reader sees by it, ``team_level``: what all colleagues do.

    The folder is for who owns the mailbox, or reads it as one of those who share it.
    """

    account: EmailAccount
    folder: str
    gone_at: datetime | None
    level: Level
    team_level: Level
    why: Why
    #: When the mailbox took the message, where the server told.
    arrived: datetime | None = None

    @property
    def is_the_readers(self) -> bool:
        """Whether the mailbox is the reader's own, or one of all."""
        return self.why in (Why.OWN, Why.MAILBOX)


def shown_by(messages: Iterable[int], user: Any) -> dict[int, list[Place]]:
    """The places of ``messages`` (ids) that ``user`` may know of, by message; those that hide it, too."""
    rows = (
        Location.objects.explained_to(user)
        .filter(message__in=messages)
        .select_related("account__owner", "folder")
        .order_by("pk")
    )
    found: dict[int, list[Place]] = defaultdict(list)
    for row in rows:
        level = Level(row.level)
        found[row.message_id].append(
            Place(
                row.account,
                row.folder.name,
                row.gone_at,
                level,
                Level(row.team_level),
                _why(row, user),
                row.arrived,
            )
        )
    return found


def _why(row: Any, user: Any) -> Why:
    if row.account.kind != EmailAccount.Kind.PERSONAL:
        return Why.MAILBOX
    if row.account.owner_id == user.pk:
        return Why.OWN
    # What is there for the whole team is no favour to one of it.
    if row.level and row.team_level >= row.level:
        return Why.THREAD if row.by_thread else Why.TEAM
    if row.granted:
        return Why.GRANTED
    return Why.TEAM if row.level else Why.HIDDEN
