"""A search through all mail that somebody sees on any record's page: conversations, the newest first.

Those of the reader's messages that were sent last are looked at first, for a word that many hold fills a page
with them. Then the index of words is asked. Where it knows few messages, these are looked at, the newest
first; where it knows many, the reader's own go on. Where so many did not fill the page the index is asked
again, for what the reader sees alone: only where that is very much, too, the page ends there, at a message
that the reader sees. So nobody learns from a page how much mail is hidden, nor where.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from ..models import Message
from ..readers import reader_of
from ..visibility import Level
from . import search
from .belonging import Belonging
from .letters import Letter, letters
from .pieces import NOWHERE, Piece, pieces
from .position import Position
from .search import candidates, indexed, matching

#: Conversations of a page.
PAGE = 20

#: Messages looked at in the first stride; each further one is twice as long, up to the longest.
STRIDE, LONGEST_STRIDE = 200, 1_600

#: Of the newest so many are looked at before the index is asked.
NEWEST = 600

#: Messages that the reader sees, of which so many are looked at for a page.
LOOKED_AT = 10_000


@dataclass(frozen=True)
class Hit:
    """The newest message of a conversation that was found: why, and on whose pages it is."""

    letter: Letter
    records: list[models.Model]
    found_in: Piece


@dataclass(frozen=True)
class Hits:
    """A page of them, and where the next one begins (None: there is none)."""

    items: list[Hit]
    next: Position | None
    #: The page ends because so many messages were looked at, not because it is full.
    is_cut: bool = False


class Everywhere:
    """The search for ``text`` by ``user``."""

    def __init__(self, text: str, user: Any):
        self.text, self.user = text, user
        self.reader = reader_of(user)
        self.matching = matching(text, self.reader)
        self.belonging = Belonging(user)
        #: Where the page ended before all was looked at.
        self._stopped: Position | None = None

    def page(self, before: Position | None = None) -> Hits:
        """The conversations whose newest message that was found is older than ``before``."""
        found: list[tuple[Message, list[models.Model]]] = []
        threads: set[int] = set()
        self._stopped = None
        for pks in self._strides(before):
            some = list(self._matched(pks))
            shown = self._shown(some, threads, before)
            for message in some:
                if message.pk in shown and message.thread_id not in threads:
                    threads.add(message.thread_id)
                    found.append((message, shown[message.pk]))
            if len(found) > PAGE:
                last = Position.of(found[PAGE - 1][0].sent_at, found[PAGE - 1][0].pk)
                return Hits(self._hits(found[:PAGE]), last)
        return Hits(self._hits(found), self._stopped, is_cut=self._stopped is not None)

    def _strides(self, before: Position | None) -> Iterator[list[int]]:
        """The messages to look at, the newest first."""
        position, looked_at, width, pks = before, 0, STRIDE, None
        while looked_at < LOOKED_AT:
            some = list(self._seen(position)[:width])
            if not some:
                return
            yield [pk for pk, _ in some]
            position = Position.of(some[-1][1], some[-1][0])
            is_time = looked_at < NEWEST <= looked_at + len(some)
            looked_at, width = looked_at + len(some), min(width * 2, LONGEST_STRIDE)
            if is_time and (pks := candidates(self.text)) is not None:
                break
        else:
            pks = self._found_by_reader()
        if pks is None:
            self._stopped = position
        else:
            yield from _in_strides(_ordered(Message.objects.filter(pk__in=pks), position))

    def _seen(self, before: Position | None) -> QuerySet:
        return _ordered(Message.objects.visible_to(self.reader, Level.PEOPLE), before)

    def _found_by_reader(self) -> list[int] | None:
        """All messages that the reader finds; None where these, too, are too many."""
        seen = Message.objects.visible_to(self.reader, Level.PEOPLE).filter(pk__in=indexed(self.text))
        pks = list(seen.filter(self.matching).order_by().values_list("pk", flat=True)[: search.MOST + 1])
        return None if len(pks) > search.MOST else pks

    def _matched(self, pks: list[int]) -> QuerySet:
        rows = Message.objects.filter(self.matching, pk__in=pks).order_by("-sent_at", "-pk")
        return rows.defer("text", "html")

    def _shown(
        self, some: list[Message], threads: set[int], before: Position | None
    ) -> dict[int, list[models.Model]]:
        """By message, its records; without those of conversations that this page or one before has."""
        new = [message for message in some if message.thread_id not in threads]
        of_before = self._of_before({message.thread_id for message in new}, before)
        records = self.belonging.of([message for message in new if message.thread_id not in of_before])
        return {pk: some for pk, some in records.items() if some}

    def _of_before(self, threads: set[int], before: Position | None) -> set[int]:
        """Those of ``threads`` that a page before this one has."""
        if before is None or not threads:
            return set()
        newer = Q(sent_at__gt=before.sent_at) | Q(sent_at=before.sent_at, pk__gte=before.pk)
        rows = Message.objects.filter(newer, self.matching, thread__in=threads, sent_at__gte=before.sent_at)
        some = list(rows.only("thread"))
        return {one.thread_id for one in some if self.belonging.of([one])[one.pk]} if some else set()

    def _hits(self, found: list[tuple[Message, list[models.Model]]]) -> list[Hit]:
        records = {message.pk: some for message, some in found}
        shown = letters([message for message, _ in found], self.reader)
        found_in = pieces(shown, self.text)
        return [Hit(one, records[one.message.pk], found_in.get(one.message.pk, NOWHERE)) for one in shown]


def _ordered(messages: QuerySet, before: Position | None) -> QuerySet:
    """``(message, sent_at)``, the newest first."""
    rows = messages if before is None else before.before(messages)
    return rows.order_by("-sent_at", "-pk").values_list("pk", "sent_at")


def _in_strides(rows: QuerySet) -> Iterator[list[int]]:
    pks, start, width = [pk for pk, _ in rows], 0, STRIDE
    while some := pks[start : start + width]:
        yield some
        start, width = start + width, min(width * 2, LONGEST_STRIDE)
