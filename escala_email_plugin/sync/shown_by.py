"""By which mailboxes somebody sees messages, how much, and why. It decides nothing (``visibility``)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from operator import itemgetter
from typing import Any

from ..models import EmailAccount, Location
from ..readers import Reader, reader_of
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
    pk: int
    #: When the mailbox took the message, where the server told.
    arrived: datetime | None = None

    @property
    def is_the_readers(self) -> bool:
        """Whether the mailbox is the reader's own, or one of all."""
        return self.why in (Why.OWN, Why.MAILBOX)


def shown_by(messages: Iterable[int], user: Any) -> dict[int, list[Place]]:
    """The places of ``messages`` (ids) that ``user`` may know of, by message; those that hide it, too."""
    reader = reader_of(user)
    rows = Location.objects.filter(message__in=messages, account__in=reader.known)
    found: dict[int, list[Place]] = defaultdict(list)
    for row in sorted(rows.annotate(**reader.asked()).values_list(*_COLUMNS), key=itemgetter(0)):
        pk, message, account, folder, gone_at, arrived, decided, granted = row
        if told := reader.told(account, decided, granted):
            holder = reader.accounts[account]
            why = _why(holder, reader, *told, decided is not None, granted)
            found[message].append(Place(holder, folder, gone_at, *told, why, pk, arrived))
    return found


_COLUMNS = ("pk", "message", "account", "folder__name", "gone_at", "arrived", "decided", "granted")


def _why(
    holder: EmailAccount, reader: Reader, level: int, team_level: int, by_thread: bool, granted: bool
) -> Why:
    if holder.kind != EmailAccount.Kind.PERSONAL:
        return Why.MAILBOX
    if holder.owner_id == reader.pk:
        return Why.OWN
    # What is there for the whole team is no favour to one of it.
    if level and team_level >= level:
        return Why.THREAD if by_thread else Why.TEAM
    if granted:
        return Why.GRANTED
    return Why.TEAM if level else Why.HIDDEN
