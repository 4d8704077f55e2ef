"""The conversations of a record, newest first: the newest message of each that is shown, and that is hidden.

Walked along the addresses' own index, a few hundred rows at a time: sorting all the mail of a busy record,
only to show its newest, takes a second where this takes milliseconds.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from django.db.models import QuerySet

from ..models import Message, Participant, RecordAddress
from ..visibility import Level, copies_differ
from .position import Position

#: Rows of the index looked at in the first stride; each further one is four times as long, up to the longest.
STRIDE, LONGEST_STRIDE = 400, 6_400


@dataclass(frozen=True)
class Head:
    """The newest message of what is shown of a thread, or of what is hidden of it."""

    message: Message
    is_hidden: bool

    @property
    def position(self) -> Position:
        return Position(self.message.sent_at, self.message.pk, self.is_hidden)


@dataclass
class _Seen:
    """The threads whose newest shown, and newest hidden, message has been passed."""

    shown: set[int] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)


def heads(of: tuple, before: Position | None) -> Iterator[Head]:
    """Those of the record ``of`` (content type, id, reader) that are older than ``before``, newest first."""
    rows, seen = _rows(of, before), _Seen()
    start, width = 0, STRIDE
    while some := list(rows.values_list("message", "message__thread")[start : start + width]):
        # Where all that was passed is newer, the first of a thread is its newest.
        yield from _newest(of, dict(some), seen, is_sure=before is None)
        start, width = start + len(some), min(width * 4, LONGEST_STRIDE)


def _rows(of: tuple, before: Position | None) -> QuerySet:
    """The record's addresses in messages, along the index."""
    content_type, object_id, user = of
    addresses = list(
        RecordAddress.objects.filter(content_type=content_type, object_id=str(object_id)).values_list(
            "address", flat=True
        )
    )
    rows = Participant.objects.linking(addresses, user).order_by("-sent_at", "-message")
    if before is None:
        return rows
    return rows.filter(sent_at__lte=before.sent_at).exclude(sent_at=before.sent_at, message__gte=before.pk)


def _newest(of: tuple, threads: dict[int, int], seen: _Seen, is_sure: bool) -> list[Head]:
    """The heads among messages, given with their ``threads``, of threads not in ``seen``, which grows."""
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
    if copies_differ(user):
        # Shown, but only by the copy of a mailbox for which the address is no contact: not on this page.
        shown = _kept(shown, lambda some: some.of_record(*of, Level.PEOPLE))
    shown, hidden = _first(shown, seen.shown), _first(hidden, seen.hidden)
    if not is_sure:
        shown = _kept(shown, lambda some: some.newest_of_thread(*of, Level.PEOPLE))
        hidden = _kept(hidden, lambda some: some.newest_hidden_of_thread(*of))
    found = [*(Head(one, False) for one in shown), *(Head(one, True) for one in hidden)]
    return sorted(found, key=lambda head: (head.message.sent_at, head.message.pk), reverse=True)


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
