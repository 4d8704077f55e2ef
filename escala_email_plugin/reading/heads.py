"""The conversations of a record, newest first: the newest message of each that is shown, and that is hidden.

Walked along the addresses' own index, a few hundred rows at a time: sorting all the mail of a busy record,
only to show its newest, takes a second where this takes milliseconds. What is hidden waits until the walk has
passed its day, for that is its place (``position``).
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from django.db.models import QuerySet

from .. import copies
from ..models import Message, Participant, RecordAddress
from ..visibility import Level
from .position import Position

#: Rows of the index looked at in the first stride; each further one is four times as long, up to the longest.
STRIDE, LONGEST_STRIDE = 400, 6_400

#: Of so many at first it is asked whether they are the newest of their threads, then of four times as many.
CHECKED = 25


@dataclass(frozen=True)
class Head:
    """The newest message of what is shown of a thread, or of what is hidden of it."""

    message: Message
    is_hidden: bool

    @property
    def position(self) -> Position:
        return Position.of(self.message.sent_at, self.message.pk, is_hidden=self.is_hidden)


@dataclass
class _Seen:
    """The threads whose newest shown, and newest hidden, message has been passed."""

    shown: set[int] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)


def heads(of: tuple, before: Position | None) -> Iterator[Head]:
    """Those of the record ``of`` (content type, id, reader) that are older than ``before``, newest first."""
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
    rows, seen = _rows(of, before), _Seen()
    start, width, waiting = 0, STRIDE, []
    while some := list(rows.values_list("message", "message__thread", "sent_at")[start : start + width]):
        shown, hidden = _told_apart(of, {message: thread for message, thread, _ in some}, seen)
        waiting += [Head(one, False) for one in _first(shown, seen.shown)]
        waiting += [Head(one, True) for one in _first(hidden, seen.hidden)]
        # The rest of the last row's day is still to come.
        ready = _ready(waiting, Position.of(some[-1][2], 0, is_hidden=True).day)
        yield from (head for head in ready if before is None or head.position.rank < before.rank)
        start, width = start + len(some), min(width * 4, LONGEST_STRIDE)
    ready = _ready(waiting, date.min)
    yield from (head for head in ready if before is None or head.position.rank < before.rank)


def _ready(waiting: list[Head], last: date) -> list[Head]:
    """Take those out of ``waiting`` whose place is behind no message of the day ``last`` or of one before."""
    ready = [head for head in waiting if not head.is_hidden or head.position.day > last]
    waiting[:] = [head for head in waiting if head.is_hidden and head.position.day <= last]
    return sorted(ready, key=lambda head: head.position.rank, reverse=True)


def _rows(of: tuple, before: Position | None) -> QuerySet:
    """The record's addresses in messages, along the index; from the end of the day of ``before``."""
    content_type, object_id, user = of
    addresses = list(
        RecordAddress.objects.filter(content_type=content_type, object_id=str(object_id)).values_list(
            "address", flat=True
        )
    )
    rows = Participant.objects.linking(addresses, user).order_by("-sent_at", "-message")
    return rows if before is None else rows.filter(sent_at__lt=before.end_of_day())


def _newest(of: tuple, found: list[Head]) -> list[Head]:
    """Those of ``found`` that are the newest of their threads, shown or hidden ones."""
    kept = _kept(
        [head.message for head in found if not head.is_hidden],
        lambda some: some.newest_of_thread(*of, Level.PEOPLE),
    )
    kept += _kept(
        [head.message for head in found if head.is_hidden],
        lambda some: some.newest_hidden_of_thread(*of),
    )
    return [head for head in found if head.message in kept]


def _told_apart(of: tuple, threads: dict[int, int], seen: _Seen) -> tuple[list[Message], list[Message]]:
    """Those of the messages that are shown, and those that are hidden, the newest first."""
    user = of[2]
    # Of a thread with thousands of hidden messages the newest is enough.
    asked = [pk for pk, thread in threads.items() if thread not in seen.shown or thread not in seen.hidden]
    shown = list(_ordered(asked).visible_to(user, Level.PEOPLE).defer("text", "html")) if asked else []
    others = set(asked) - {message.pk for message in shown}
    others = [pk for pk in others if threads[pk] not in seen.hidden]
    # What is not even shown to be there is not among them. Of the others no column is loaded that says more.
    hidden = (
        list(_ordered(others).visible_to(user, Level.NOTHING).only("thread", "sent_at")) if others else []
    )
    if copies.differ(user):
        # Shown, but only by the copy of a mailbox for which the address is no contact: not on this page.
        shown = _kept(shown, lambda some: some.of_record(*of, Level.PEOPLE))
    return shown, hidden


def _ordered(pks: Collection[int]) -> QuerySet:
    return Message.objects.filter(pk__in=pks).order_by("-sent_at", "-pk")


def _first(messages: list[Message], seen: set[int]) -> list[Message]:
    """The first of each thread that is not in ``seen``, which grows."""
    found = []
    for message in messages:
        if message.thread_id not in seen:
            seen.add(message.thread_id)
            found.append(message)
    return found


def _kept(messages: list[Message], rule: Callable[[QuerySet], QuerySet]) -> list[Message]:
    """Those of ``messages`` that ``rule`` leaves."""
    if not messages:
        return []
    kept = set(rule(_ordered([one.pk for one in messages])).values_list("pk", flat=True))
    return [one for one in messages if one.pk in kept]
