"""A conversation as it opens: its first message, what is unread and the last are shown, the rest is folded.

Whatever its length, so many messages are loaded, and many folded ones in a row make one line.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db.models import BooleanField, Case, Count, ExpressionWrapper, Q, QuerySet, When, Window
from django.db.models.functions import RowNumber

from ..models import Message
from ..readers import reader_of
from ..visibility import Level
from .letters import Letter, letters
from .naming import Ours
from .position import Position
from .timeline import THREAD_PAGE, Timeline
from .unread import is_unread, unread

#: Messages that are loaded at once when it opens, the newest, beside its first one.
AT_FIRST = 10

#: So many folded messages in a row make one line.
MANY = 4

#: Unread messages that open by themselves: the newest.
OPEN_AT_ONCE = 5


@dataclass(frozen=True)
class Line:
    """A message of it. ``doubts``: what is to be said of its senders' names."""

    letter: Letter
    is_unread: bool = False
    is_open: bool = False
    doubts: tuple[str, ...] = ()
    is_gap = False


@dataclass(frozen=True)
class Gap:
    """Folded messages in a row. ``more``: where those begin that are not loaded; ``number``: with those."""

    lines: list[Line]
    number: int
    more: Position | None = None
    is_gap = True

    @property
    def unread(self) -> int:
        """How many of those that are loaded are unread."""
        return sum(line.is_unread for line in self.lines)


@dataclass
class Opened:
    """``count``, ``unread``: of all its messages that the reader sees."""

    items: list[Line | Gap] = field(default_factory=list)
    count: int = 0
    unread: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether its newest message is read in full."""
        return self.items[-1].letter.is_whole


def opened(timeline: Timeline, thread_id: int) -> Opened | None:
    """The conversation as it opens, oldest first, in a constant number of queries; None where nothing of it
    is shown.
    """
    reader = timeline.read_by[2]
    page = _ends(messages_of(timeline, thread_id), reader)
    if not page:
        return None
    lines = _lines(page, reader, {one.pk for one in page if one.is_new})
    missing = page[0].all_of_them - len(lines)
    more = Position(page[1].sent_at, page[1].pk) if missing > 0 else None
    return Opened(list(_folded(lines, more, missing)), page[0].all_of_them, page[0].all_new)


def _ends(messages: QuerySet, reader: Any) -> list[Message]:
    """The first of a conversation's messages and the newest, the oldest first; each with ``is_new``, and
    ``all_of_them`` and ``all_new`` in numbers.
    """
    is_new = ExpressionWrapper(is_unread(reader), BooleanField())
    ends = messages.annotate(
        is_new=is_new,
        all_of_them=Window(Count("pk")),
        all_new=Window(Count(Case(When(is_new=True, then=1)))),
        from_first=Window(RowNumber(), order_by=("sent_at", "pk")),
        from_newest=Window(RowNumber(), order_by=("-sent_at", "-pk")),
    )
    return list(ends.filter(Q(from_newest__lte=AT_FIRST) | Q(from_first=1)).order_by("sent_at", "pk"))


def earlier(timeline: Timeline, thread_id: int, before: Position) -> tuple[list[Line], Position | None]:
    """A page of messages before a place, the oldest first and all folded, and where the one before it begins.

    Without the conversation's first message, which stands at its top.
    """
    messages = messages_of(timeline, thread_id)
    found = list(before.before(messages).order_by("-sent_at", "-pk")[: THREAD_PAGE + 2])
    page = found[:THREAD_PAGE][::-1]
    more = Position(page[0].sent_at, page[0].pk) if len(found) > THREAD_PAGE + 1 else None
    if len(found) <= THREAD_PAGE:
        page = page[1:]
    return _lines(page, timeline.read_by[2], None), more


def whole(timeline: Timeline, thread_id: int, most: int) -> list[Line]:
    """The newest ``most`` messages of it, the oldest first."""
    rows = messages_of(timeline, thread_id).order_by("-sent_at", "-pk")[:most]
    return lines_of(list(rows)[::-1], timeline.read_by[2])


def lines_of(messages: list[Message], user: Any) -> list[Line]:
    """``messages``, of which ``user`` sees something, each as a line."""
    return _lines(messages, reader_of(user), set())


def messages_of(timeline: Timeline, thread_id: int) -> QuerySet:
    """The conversation's messages of which the reader sees something on this record, without their texts."""
    messages = Message.objects.filter(thread=thread_id).looked_at_for(*timeline.read_by, Level.PEOPLE)
    return messages.visible_to(timeline.read_by[2], Level.PEOPLE).defer("text", "html")


def _lines(messages: list[Message], reader: Any, new: set[int] | None) -> list[Line]:
    """With the unread (asked for where ``new`` is None) and the last open where ``new`` is given."""
    shown = letters(messages, reader, whole=True)
    ours = Ours.of(reader.accounts.values())
    is_first_page = new is not None
    if new is None:
        new = unread(Message.objects.filter(pk__in=[one.pk for one in messages]), reader)
    open_ones = set()
    if is_first_page and messages:
        open_ones = {messages[-1].pk, *[one.pk for one in messages if one.pk in new][-OPEN_AT_ONCE:]}
    return [
        Line(
            letter,
            letter.message.pk in new,
            letter.message.pk in open_ones,
            tuple(dict.fromkeys(filter(None, map(ours.doubt, letter.senders)))),
        )
        for letter in shown
    ]


def _folded(lines: list[Line], more: Position | None, missing: int) -> Iterator[Line | Gap]:
    """``lines`` with their runs of folded ones made one; ``more`` and ``missing``: what follows the first."""
    yield lines[0]
    runs: Iterable = [(is_open, list(run)) for is_open, run in groupby(lines[1:], lambda line: line.is_open)]
    if more is not None and (not runs or runs[0][0]):
        yield Gap([], missing, more)
        more = None
    for is_open, run in runs:
        if not is_open and (more is not None or len(run) >= MANY):
            yield Gap(run, len(run) + (missing if more is not None else 0), more)
            more = None
        else:
            yield from run
