"""A record's conversations as somebody sees them: a page, newest first, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from .. import conf
from ..models import Attachment, EmailAccount, Location, Message, Participant, RecordAddress
from ..visibility import CORRESPONDENTS
from .inline_images import SHOWN_INSIDE, is_shown_inside

#: Rows of the index looked at in the first stride; each further one is four times as long, up to the longest.
STRIDE, LONGEST_STRIDE = 400, 6_400

#: People of one message that are named on a page; the others are counted.
NAMED = 40

#: Messages of one thread shown at once.
THREAD_PAGE = 30


class BadCursor(ValueError):
    """A page position that was not made by ``Position.text``."""


@dataclass(frozen=True)
class Position:
    """A place between two messages, for keyset paging."""

    sent_at: datetime
    pk: int

    @property
    def text(self) -> str:
        """For a URL: microseconds since 1970 and the message's id."""
        return f"{round(self.sent_at.timestamp() * 1_000_000)}-{self.pk}"

    @classmethod
    def read(cls, text: str) -> "Position":
        """The position written as ``text``. Raises BadCursor."""
        moment, _, pk = text.partition("-")
        try:
            return cls(datetime.fromtimestamp(int(moment) / 1_000_000, UTC), int(pk))
        except (ValueError, OverflowError, OSError):
            raise BadCursor(text) from None

    def before(self, messages: QuerySet) -> QuerySet:
        """Those of ``messages`` that are older than this place."""
        return messages.filter(
            Q(sent_at__lt=self.sent_at) | Q(sent_at=self.sent_at, pk__lt=self.pk), sent_at__lte=self.sent_at
        )


@dataclass
class Letter:
    """A message with its people as they are shown."""

    message: Message
    people: list[Participant] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    from_us: bool = False
    unnamed: int = 0
    #: No folder the reader may know of holds it any more.
    is_gone: bool = False

    def _with(self, *roles: str) -> list[Participant]:
        return [person for person in self.people if person.role in roles]

    @property
    def senders(self) -> list[Participant]:
        return self._with("from")

    @property
    def receivers(self) -> list[Participant]:
        return self._with("to", "cc", "bcc")

    @property
    def files(self) -> list[Attachment]:
        """The attachments a person would call so: not the pictures inside the text."""
        return [one for one in self.attachments if not is_shown_inside(one)]


@dataclass
class Conversation:
    """A thread in the list: its newest message, and how many there are."""

    newest: Letter
    count: int
    has_files: bool


@dataclass
class Page:
    """One page of something, and where the next one begins (None: there is none)."""

    items: list
    next: Position | None


class Timeline:
    """The conversations of one record as one user may see them."""

    def __init__(self, record: Any, user: Any):
        self.user = user
        self.of = (ContentType.objects.get_for_model(record), record.pk, user)

    def messages(self) -> QuerySet:
        """The record's messages the user may see, without the heavy columns."""
        return Message.objects.of_record(*self.of).visible_to(self.user).defer("text", "html")

    def conversations(self, before: Position | None = None) -> Page:
        """A page of conversations, the one with the newest message first."""
        size = conf.get("TIMELINE_PAGE")
        heads = list(islice(self._heads(before), size + 1))
        page = _cut(heads, size)
        about = self._about([message.thread_id for message in page.items])
        page.items = [
            Conversation(letter, *about.get(letter.message.thread_id, (1, False)))
            for letter in self._letters(page.items)
        ]
        return page

    def _heads(self, before: Position | None) -> Iterator[Message]:
        """The newest message of each conversation, newest first.

        Walked along the addresses' own index, a few hundred rows at a time: sorting all the mail of a
        busy record, only to show its newest, takes a second where this takes milliseconds.
        """
        addresses = list(
            RecordAddress.objects.filter(content_type=self.of[0], object_id=str(self.of[1])).values_list(
                "address", flat=True
            )
        )
        rows = Participant.objects.known_to(self.user).filter(address__in=addresses, role__in=CORRESPONDENTS)
        rows = rows.order_by("-sent_at", "-message")
        if before is not None:
            rows = rows.filter(sent_at__lte=before.sent_at).exclude(
                sent_at=before.sent_at, message__gte=before.pk
            )
        seen: set[int] = set()
        start, width = 0, STRIDE
        while some := list(rows.values_list("message", flat=True)[start : start + width]):
            yield from self._newest(some, seen)
            start, width = start + len(some), min(width * 4, LONGEST_STRIDE)

    def _newest(self, messages: list[int], seen: set[int]) -> list[Message]:
        """Those of ``messages`` that are visible and the newest of a thread not in ``seen``, which grows."""
        visible = Message.objects.filter(pk__in=messages).visible_to(self.user).defer("text", "html")
        first: dict[int, Message] = {}
        for message in visible.order_by("-sent_at", "-pk"):
            if message.thread_id not in seen:
                seen.add(message.thread_id)
                first[message.pk] = message
        kept = set(
            Message.objects.filter(pk__in=first).newest_of_thread(*self.of).values_list("pk", flat=True)
        )
        return [message for pk, message in first.items() if pk in kept]

    def thread(self, thread_id: int, before: Position | None = None) -> Page:
        """A page of a thread's messages, the oldest first, ending where ``before`` begins."""
        messages = self.messages().filter(thread=thread_id)
        if before is not None:
            messages = before.before(messages)
        page = _cut(list(messages.order_by("-sent_at", "-pk")[: THREAD_PAGE + 1]), THREAD_PAGE)
        page.items = self._letters(page.items[::-1], whole=True)
        return page

    def _about(self, threads: Collection[int]) -> dict[int, tuple[int, bool]]:
        """``(messages, has files)`` by thread."""
        files = Attachment.objects.filter(message=OuterRef("pk")).exclude(SHOWN_INSIDE)
        rows = (
            self.messages()
            .filter(thread__in=threads)
            .annotate(has_files=Exists(files))
            .order_by()
            .values("thread")
            .annotate(count=Count("pk"), with_files=Count("pk", filter=Q(has_files=True)))
            .values_list("thread", "count", "with_files")
        )
        return {thread: (count, with_files > 0) for thread, count, with_files in rows}

    def _letters(self, messages: list[Message], whole: bool = False) -> list[Letter]:
        letters = {message.pk: Letter(message) for message in messages}
        own = set(EmailAccount.objects.values_list("address", flat=True))
        one_message = {"partition_by": F("message")}
        people = (
            Participant.objects.known_to(self.user)
            .filter(message__in=letters)
            .select_related("address")
            .annotate(
                number=Window(RowNumber(), order_by="pk", **one_message),
                all_of_them=Window(Count("pk"), **one_message),
            )
            .filter(number__lte=NAMED)
        )
        seen: dict[int, set[Any]] = defaultdict(set)
        for person in people.order_by("pk"):
            letters[person.message_id].unnamed = max(0, person.all_of_them - NAMED)
            # The same Bcc may be shown by several copies.
            if (person.role, person.address_id) not in seen[person.message_id]:
                seen[person.message_id].add((person.role, person.address_id))
                letters[person.message_id].people.append(person)
        for letter in letters.values():
            letter.from_us = any(person.address.value in own for person in letter.senders)
        if whole:
            self._complete(letters)
        return list(letters.values())

    def _complete(self, letters: dict[int, Letter]) -> None:
        """What is shown of a message that is open, and not in the list."""
        for attachment in Attachment.objects.filter(message__in=letters):
            letters[attachment.message_id].attachments.append(attachment)
        readable = EmailAccount.objects.readable_by(self.user)
        held = Location.objects.filter(message__in=letters, account__in=readable, gone_at=None)
        there = set(held.values_list("message", flat=True))
        for pk, letter in letters.items():
            letter.is_gone = pk not in there


def _cut(rows: list[Message], size: int) -> Page:
    """A page of ``rows``, of which there is one more than ``size`` where another page follows."""
    if len(rows) <= size:
        return Page(rows, None)
    last = rows[size - 1]
    return Page(rows[:size], Position(last.sent_at, last.pk))
