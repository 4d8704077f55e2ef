"""The conversations of a record, newest first: the newest message of each that is shown, and that is hidden.

Walked along the addresses' own index (``walk``). What is hidden waits until the walk has passed its day, for
that is its place (``position``).
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice

from .. import copies
from ..models import Message, RecordAddress
from ..not_contacts import said_of
from ..sync.shown_by import Place, shown_by
from ..visibility import Level
from .position import Position
from .walk import Row, walk

#: Of so many at first it is asked whether they are the newest of their threads, then of four times as many.
CHECKED = 25


@dataclass(frozen=True)
class Head:
    """The newest message of what is shown of a thread, or of what is hidden of it, and its places."""

    pk: int
    thread: int
    sent_at: datetime
    is_hidden: bool
    places: list[Place] = field(default_factory=list, compare=False)

    @property
    def position(self) -> Position:
        return Position.of(self.sent_at, self.pk, is_hidden=self.is_hidden)


@dataclass
class _Seen:
    """The threads whose newest shown, and newest hidden, message has been passed."""

    shown: set[int] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)


def heads(of: tuple, before: Position | None) -> Iterator[Head]:
    """Those of the record ``of`` (content type, id, ``Reader``) older than ``before``, newest first."""
    ready = _in_order(of, before)
    if before is None:
        # All that was passed is newer, so the first of a thread is its newest.
        yield from ready
        return
    number = CHECKED
    while some := list(islice(ready, number)):
        yield from _newest(of, some)
        number *= 4


def _in_order(of: tuple, before: Position | None) -> Iterator[Head]:
    """The first message of each thread from the day of ``before`` on, and the first that is hidden."""
    seen, waiting, said = _Seen(), [], _said(of)
    below = (before.end_of_day(), 0) if before else None
    for rows in walk(of[2], *of[:2], below):
        waiting += _told_apart(of, rows, seen, said)
        if rows:
            # The rest of the last row's day is still to come.
            yield from _older(_ready(waiting, Position.of(rows[-1].sent_at, 0, is_hidden=True).day), before)
    yield from _older(_ready(waiting, date.min), before)


def _older(ready: list[Head], before: Position | None) -> list[Head]:
    return [head for head in ready if before is None or head.position.rank < before.rank]


def _ready(waiting: list[Head], last: date) -> list[Head]:
    """Take those out of ``waiting`` whose place is behind no message of the day ``last`` or of one before."""
    ready = [head for head in waiting if not head.is_hidden or head.position.day > last]
    waiting[:] = [head for head in waiting if head.is_hidden and head.position.day <= last]
    return sorted(ready, key=lambda head: head.position.rank, reverse=True)


def _said(of: tuple) -> dict[int, frozenset[int]]:
    """Which mailboxes say of which of the record's addresses that it is no contact."""
    if not copies.differ(of[2]):
        return {}
    rows = RecordAddress.objects.filter(content_type=of[0], object_id=str(of[1]))
    return {pk: accounts for accounts, some in said_of(rows.values("address")).items() for pk in some}


def _told_apart(of: tuple, rows: list[Row], seen: _Seen, said: dict[int, frozenset[int]]) -> list[Head]:
    """The first shown message of each thread that is not ``seen``, and the first hidden one."""
    by_message: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        # Of a thread with thousands of hidden messages the newest is enough.
        if row.thread not in seen.shown or row.thread not in seen.hidden:
            by_message[row.message].append(row)
    places = shown_by(by_message, of[2]) if by_message else {}
    found = []
    for pk, some in by_message.items():
        held, (thread, sent_at) = places.get(pk, []), (some[0].thread, some[0].sent_at)
        level = max((place.level for place in held), default=None)
        # What is not even shown to be there is not among them.
        if level is None or not any(_links(row, held, min(level, Level.PEOPLE), said) for row in some):
            continue
        passed = seen.hidden if level == Level.NOTHING else seen.shown
        if thread not in passed:
            passed.add(thread)
            found.append(Head(pk, thread, sent_at, level == Level.NOTHING, held))
    return found


def _links(row: Row, places: list[Place], at_least: int, said: dict[int, frozenset[int]]) -> bool:
    """Whether a row makes its message the record's (``ParticipantQuerySet.linking``)."""
    no_contact_of = said.get(row.address, ()) if row.address else ()
    counting = [place for place in places if place.account.pk not in no_contact_of]
    if row.location is not None:
        # A Bcc, for who reads the copy that shows it.
        return any(one.pk == row.location and one.level == Level.EVERYTHING for one in counting)
    return any(place.level >= at_least for place in counting)


def _newest(of: tuple, found: list[Head]) -> list[Head]:
    """Those of ``found`` that are the newest of their threads, shown or hidden ones."""
    shown = [head.pk for head in found if not head.is_hidden]
    hidden = [head.pk for head in found if head.is_hidden]
    kept: set[int] = set()
    for pks, is_hidden in ((shown, False), (hidden, True)):
        if pks:
            some = Message.objects.filter(pk__in=pks)
            some = (
                some.newest_hidden_of_thread(*of) if is_hidden else some.newest_of_thread(*of, Level.PEOPLE)
            )
            kept |= set(some.values_list("pk", flat=True))
    return [head for head in found if head.pk in kept]
