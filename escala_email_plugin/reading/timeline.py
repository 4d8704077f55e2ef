"""A record's conversations as somebody sees them: a page, newest first, in a constant number of queries."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Exists, OuterRef, QuerySet

from .. import conf
from ..models import Attachment, Message
from ..visibility import Level
from .filters import NONE, Filters
from .heads import Head, heads
from .hidden import hidden
from .inline_images import SHOWN_INSIDE
from .letters import Letter, letters
from .position import Position

#: Messages of one thread shown at once.
THREAD_PAGE = 30


@dataclass
class Conversation:
    """A thread in the list: its newest message, and how many there are."""

    newest: Letter
    count: int
    has_files: bool
    is_hidden = False


@dataclass
class Page:
    """One page of something, and where the next one begins (None: there is none)."""

    items: list
    next: Position | None

    @property
    def shows_something(self) -> bool:
        """Whether it has more than lines about what is hidden."""
        return any(isinstance(item, Conversation) for item in self.items)


class Timeline:
    """The conversations of one record as one user may see them."""

    def __init__(self, record: Any, user: Any, filters: Filters = NONE):
        self.user = user
        self.filters = filters
        self.of = (ContentType.objects.get_for_model(record), record.pk, user)

    def messages(self, at_least: int = Level.EVERYTHING) -> QuerySet:
        """The record's messages of which the user sees so much."""
        return Message.objects.of_record(*self.of, at_least).visible_to(self.user, at_least)

    def conversations(self, before: Position | None = None) -> Page:
        """A page of conversations, the one with the newest message first; of hidden ones their lines.

        A conversation of which a part is hidden is there twice, each at its own date, and neither
        tells of the other.
        """
        size = conf.get("TIMELINE_PAGE")
        found = list(islice(heads(self.of, before), size + 1))
        page = Page(found[:size], found[size - 1].position if len(found) > size else None)
        page.items = self._items(page.items)
        return page

    def _items(self, found: list[Head]) -> list:
        """Conversations and lines, in the order of their heads."""
        shown = [head.message for head in found if not head.is_hidden]
        about = self._about([message.thread_id for message in shown])
        items: dict[int, Any] = {
            letter.message.pk: Conversation(letter, *about.get(letter.message.thread_id, (1, False)))
            for letter in letters(shown, self.user)
        }
        lines = hidden([head.message for head in found if head.is_hidden], self.of)
        items |= {line.message_id: line for line in lines}
        return [items[head.message.pk] for head in found]

    def conversation(self, thread_id: int) -> Conversation | None:
        """One of them, wherever in the list it is; None where the user sees none of it."""
        messages = self.messages(Level.PEOPLE).filter(thread=thread_id).defer("text", "html")
        newest = messages.order_by("-sent_at", "-pk").first()
        return self._items([Head(newest, False)])[0] if newest else None

    def thread(self, thread_id: int, before: Position | None = None) -> Page:
        """A page of a thread's messages, the oldest first, ending where ``before`` begins."""
        messages = self.messages(Level.PEOPLE).filter(thread=thread_id).defer("text", "html")
        if before is not None:
            messages = before.before(messages)
        page = _cut(list(messages.order_by("-sent_at", "-pk")[: THREAD_PAGE + 1]), THREAD_PAGE)
        page.items = letters(page.items[::-1], self.user, whole=True)
        return page

    def _about(self, threads: Collection[int]) -> dict[int, tuple[int, bool]]:
        """``(messages, has files)`` by thread, of what is shown; files of what the user reads in full."""
        files = Attachment.objects.filter(message=OuterRef("pk")).exclude(SHOWN_INSIDE)
        in_full = Message.objects.filter(pk=OuterRef("pk")).visible_to(self.user)
        counts = (
            Message.objects.filter(thread__in=threads)
            .looked_at_for(*self.of, Level.PEOPLE)
            .visible_to(self.user, Level.PEOPLE)
            .order_by()
            .values_list("thread")
            .annotate(count=Count("pk"), files=Count("pk", filter=Exists(files) & Exists(in_full)))
        )
        return {thread: (count, bool(with_files)) for thread, count, with_files in counts}


def _cut(rows: list[Message], size: int) -> Page:
    """A page of ``rows``, of which there is one more than ``size`` where another page follows."""
    if len(rows) <= size:
        return Page(rows, None)
    last = rows[size - 1]
    return Page(rows[:size], Position(last.sent_at, last.pk))
