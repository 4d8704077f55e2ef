"""The conversations of a record that filters leave: the newest message of each that is seen and that fits.

A filter looks at what the reader sees and at nothing else: lines about what is hidden are left out, a file is
one of a message that is read in full. A page looks at a bounded number of messages. Where so many did not
fill it, it is shorter, and the next one goes on where it stopped: at a message that the reader sees, for
where another is tells something of it. Words that are searched are mostly among the record's newest messages,
or seldom: where the newest do not fill the page, the index of words is asked for the rest.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from ..models import Attachment, Location, Message, RecordAddress
from ..visibility import Level
from .filters import Filters
from .heads import CHECKED, Head
from .listed_files import NO_FILE
from .ours import from_us_as_known_to
from .position import Position, beginning_of
from .search import candidates, matching
from .walk import Rank, walk

#: Messages that the reader sees, of which one page looks at so many and those of a stride more.
LOOKED_AT = 4_000

#: With a search, so many of the record's newest messages are looked at before the index is asked.
NEWEST = 400

#: Of those that the index finds, so many are looked at first, then twice as many.
STRIDE = 200


class Narrowed:
    """The heads of the record ``of`` (content type, id, ``Reader``) older than ``before``, newest first.

    ``stopped``: where the next page goes on, when it was iterated to an end that is not the record's.
    """

    def __init__(self, of: tuple, before: Position | None, filters: Filters):
        self.of, self.reader, self.before, self.filters = of, of[2], before, filters
        self.fits = fitting(of, filters)
        self.stopped: Position | None = None

    def __iter__(self) -> Iterator[Head]:
        found, number = self._first_of_threads(), CHECKED
        if self.before is None:
            yield from found
            return
        while some := list(islice(found, number)):
            yield from self._newest(some)
            number *= 4

    def _first_of_threads(self) -> Iterator[Head]:
        seen: set[int] = set()
        looked_at = 0
        since = _beginning_of(self.filters.since) if self.filters.since else None
        for rows, is_bounded in self._strides():
            inside = {pk for pk, sent_at in rows.items() if since is None or sent_at >= since}
            shown = sorted(self._shown(inside), key=lambda one: (one[2], one[0]), reverse=True)
            looked_at += len(shown)
            for pk, thread, sent_at, fits in shown:
                if fits and thread not in seen and self._is_older(sent_at, pk):
                    seen.add(thread)
                    yield Head(pk, thread, sent_at, False)
            if len(inside) < len(rows):
                return
            if is_bounded and looked_at >= LOOKED_AT and shown:
                self.stopped = Position(shown[-1][2], shown[-1][0])
                return

    def _strides(self) -> Iterator[tuple[dict[int, datetime], bool]]:
        """Messages to look at, the newest first, and whether a page looks at no more than so many of them."""
        is_asked = not self.filters.text or bool(self.filters.waiting)
        walked, below = 0, self._below()
        for rows in walk(self.reader, *self.of[:2], below):
            if rows:
                yield {row.message: row.sent_at for row in rows}, is_asked
                walked, below = walked + len(rows), (rows[-1].sent_at, rows[-1].message - 1)
            if walked >= NEWEST and not is_asked:
                is_asked, found = True, _candidates(self.filters.text, self.of)
                if found is not None:
                    yield from _in_strides(_older(found, below))
                    return

    def _below(self) -> Rank | None:
        """From where on the walk goes. Raises nothing: the last of days has no end."""
        ends = []
        if self.filters.until:
            ends.append(_end_of(self.filters.until))
        if self.before:
            # Behind a hidden message of a day is what was before that day.
            ends.append((self.before.sent_at, 0 if self.before.is_veiled else self.before.pk))
        return min((one for one in ends if one), default=None)

    def _is_older(self, sent_at, pk: int) -> bool:
        return self.before is None or (sent_at, pk) < (self.before.sent_at, self.before.pk)

    def _shown(self, messages: set[int]) -> list[tuple]:
        """``(message, thread, sent_at, fits)`` of those of ``messages`` that the reader sees."""
        if not messages:
            return []
        fits = ExpressionWrapper(self.fits or Q(pk__isnull=False), output_field=BooleanField())
        some = Message.objects.filter(pk__in=messages).looked_at_for(*self.of, Level.PEOPLE)
        some = some.visible_to(self.reader, Level.PEOPLE).annotate(fits=fits).order_by()
        return list(some.values_list("pk", "thread", "sent_at", "fits"))

    def _newest(self, found: list[Head]) -> list[Head]:
        """Those of ``found`` of whose threads nothing newer fits: else an earlier page had it."""
        newer = _newer(self.of).filter(self.fits)
        if self.filters.until and (end := _end_of(self.filters.until)):
            newer = newer.filter(sent_at__lt=end[0])
        kept = Message.objects.filter(pk__in=[head.pk for head in found]).filter(~Exists(newer))
        pks = set(kept.values_list("pk", flat=True))
        return [head for head in found if head.pk in pks]


def _candidates(text: str, of: tuple) -> list[int] | None:
    """What the index of words knows of the record ``of``, or of all where it cannot tell the record's.

    Whether it is the record's, and seen, is still to be asked. None where that is too much.
    """
    content_type, object_id, reader = of
    if reader.tied:
        # What was tied by hand need not have an address of the record's.
        return candidates(text)
    rows = RecordAddress.objects.filter(content_type=content_type, object_id=str(object_id))
    addresses = list(rows.values_list("address", flat=True))
    return candidates(text, addresses) if addresses else []


def _older(messages: list[int], below: Rank | None) -> list[tuple[int, datetime]]:
    """``(message, sent_at)`` of those that are not above ``below``, the newest first."""
    rows = Message.objects.filter(pk__in=messages)
    if below is not None:
        rows = rows.filter(Q(sent_at__lt=below[0]) | Q(sent_at=below[0], pk__lte=below[1]))
    return list(rows.order_by("-sent_at", "-pk").values_list("pk", "sent_at"))


def _in_strides(found: list[tuple[int, datetime]]) -> Iterator[tuple[dict[int, datetime], bool]]:
    start, width = 0, STRIDE
    while some := found[start : start + width]:
        yield dict(some), False
        start, width = start + width, width * 2


def fitting(of: tuple, filters: Filters) -> Q:
    """What holds of the messages that ``filters`` leave, but for their dates, of those that are seen.

    Who waits is a matter of a conversation's newest message; what else is asked then may be true of another.
    """
    fits = _of_one(of[2], filters)
    if not filters.waiting:
        return fits
    waits = _waiting(of, filters)
    return waits & Q(Exists(_of_thread(of).filter(fits))) if fits else waits


def _waiting(of: tuple, filters: Filters) -> Q:
    ours = Q(from_us_as_known_to(of[2]))
    newest = Q(automatic=False) & ~Exists(_newer(of).filter(automatic=False))
    return newest & (~ours if filters.waiting == "us" else ours)


def _of_one(reader: Any, filters: Filters) -> Q:
    """What must hold of one message."""
    fits = Q()
    if filters.direction:
        ours = Q(from_us_as_known_to(reader))
        fits &= ours if filters.direction == "out" else ~ours
    if filters.account:
        places = Location.objects.seen_by(reader, Level.PEOPLE).filter(message=OuterRef("pk"))
        fits &= Q(Exists(places.filter(account=filters.account)))
    if filters.with_files:
        files = Attachment.objects.filter(message=OuterRef("pk")).exclude(NO_FILE)
        in_full = Location.objects.seen_by(reader).filter(message=OuterRef("pk"))
        fits &= Q(Exists(files)) & Q(Exists(in_full))
    if filters.text:
        fits &= matching(filters.text, reader)
    return fits


def _of_thread(of: tuple) -> QuerySet:
    """The record's messages in the outer message's thread that the reader sees."""
    of_thread = Message.objects.filter(thread=OuterRef("thread"))
    return of_thread.looked_at_for(*of, Level.PEOPLE).visible_to(of[2], Level.PEOPLE)


def _newer(of: tuple) -> QuerySet:
    """Those of them that are newer than it."""
    later = Q(sent_at__gt=OuterRef("sent_at")) | Q(sent_at=OuterRef("sent_at"), pk__gt=OuterRef("pk"))
    return _of_thread(of).filter(later, sent_at__gte=OuterRef("sent_at"))


def _beginning_of(day) -> datetime | None:
    """The moment at which ``day`` begins here; None where that was before all time."""
    try:
        return beginning_of(day)
    except OverflowError:
        return None


def _end_of(day) -> Rank | None:
    """The moment at which ``day`` is over here; None where time ends before."""
    try:
        return beginning_of(day + timedelta(days=1)), 0
    except OverflowError:
        return None
