"""A record's conversations as somebody sees them: a page, newest first, in a constant number of queries."""

from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils.functional import cached_property

from .. import conf
from ..models import Message
from ..readers import Reader
from ..sync.shown_by import Place, shown_by
from ..visibility import Level
from .about import About, about
from .filters import NONE, Filters
from .heads import Head, heads
from .hidden import hidden
from .letters import Letter, letters, letters_by
from .narrowing import Narrowed
from .pieces import NOWHERE, Piece, pieces
from .position import Position

#: Messages of one thread shown at once.
THREAD_PAGE = 30


@dataclass
class Conversation:
    """A thread in the list: its newest message, how many there are and how many are unread. With filters: the
    newest that they leave.
    """

    newest: Letter
    count: int
    has_files: bool
    unread: int = 0
    #: Where the words stand that are searched.
    found_in: Piece = NOWHERE
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
    """The conversations of one record as one user may see them, those that ``filters`` leave."""

    def __init__(self, record: Any, user: Any, filters: Filters = NONE):
        self.user, self.filters = user, filters
        self.of = (ContentType.objects.get_for_model(record), record.pk, user)

    @cached_property
    def read_by(self) -> tuple:
        """The record, and its reader with what is known of the mailboxes: (content type, id, ``Reader``)."""
        return (*self.of[:2], Reader(self.user, self.of[:2]))

    def messages(self, at_least: int = Level.EVERYTHING) -> QuerySet:
        """The record's messages of which the user sees so much."""
        return Message.objects.of_record(*self.read_by, at_least).visible_to(self.read_by[2], at_least)

    def conversations(self, before: Position | None = None) -> Page:
        """A page of conversations, the one with the newest message first; of hidden ones their lines.

        A conversation of which a part is hidden is there twice, each at its own date, and neither
        tells of the other.
        """
        size = conf.get("TIMELINE_PAGE")
        narrowed = Narrowed(self.read_by, before, self.filters) if self.filters else None
        found = list(islice(heads(self.read_by, before) if narrowed is None else narrowed, size + 1))
        page = Page(found[:size], found[size - 1].position if len(found) > size else None)
        if narrowed is not None and len(found) <= size:
            page.next = narrowed.stopped
        page.items = self._items(page.items)
        return page

    def _items(self, found: list[Head]) -> list:
        """Conversations and lines, in the order of their heads."""
        shown = [head for head in found if not head.is_hidden]
        told = about({head.thread for head in shown}, self.read_by)
        places = self._places(shown)
        newest = letters_by(places, self.read_by[2])
        found_in = pieces(newest, self.filters.text)
        items: dict[int, Any] = {
            letter.message.pk: Conversation(
                letter,
                *told.get(letter.message.thread_id, About()),
                found_in=found_in.get(letter.message.pk, NOWHERE),
            )
            for letter in newest
        }
        items |= {
            line.message_id: line for line in hidden([one for one in found if one.is_hidden], self.read_by)
        }
        return [items[head.pk] for head in found if head.pk in items]

    def _places(self, shown: list[Head]) -> dict[int, list[Place]]:
        """Of heads; those of a list that was narrowed come without."""
        missing = [head.pk for head in shown if not head.places]
        places = {head.pk: head.places for head in shown if head.places}
        return places | shown_by(missing, self.read_by[2]) if missing else places

    def conversation(self, thread_id: int) -> Conversation | None:
        """One of them, wherever in the list it is; None where the user sees none of it."""
        messages = self.messages(Level.PEOPLE).filter(thread=thread_id).defer("text", "html")
        newest = messages.order_by("-sent_at", "-pk").first()
        return self._items([Head(newest.pk, thread_id, newest.sent_at, False)])[0] if newest else None

    def thread(self, thread_id: int, before: Position | None = None) -> Page:
        """A page of a thread's messages, the oldest first, ending where ``before`` begins."""
        messages = self.messages(Level.PEOPLE).filter(thread=thread_id).defer("text", "html")
        if before is not None:
            messages = before.before(messages)
        page = _cut(list(messages.order_by("-sent_at", "-pk")[: THREAD_PAGE + 1]), THREAD_PAGE)
        page.items = letters(page.items[::-1], self.read_by[2], whole=True)
        return page


def _cut(rows: list[Message], size: int) -> Page:
    """A page of ``rows``, of which there is one more than ``size`` where another page follows."""
    if len(rows) <= size:
        return Page(rows, None)
    last = rows[size - 1]
    return Page(rows[:size], Position(last.sent_at, last.pk))
