"""The words of messages, kept in step with what is stored: written in the transaction that changes it.

A message's words are those of all of it; those of its subject and people once more with a mark, and those of
its people with another, for readers who are shown no more (``visibility.Level``). No Bcc is among them. The
number of each address stands there too, with a mark that no word has, so that a search within a record is
an intersection inside the index.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from django.db import transaction
from django.db.models import Max, Min, QuerySet

from ..batches import batches
from ..mail.text import html_to_text
from ..mail.words import words, words_of_name
from ..models import Attachment, Message, Participant, SearchEntry
from .insert import insert
from .persistence import persistently

#: Before words that are shown with the subject, before those shown with the people, and before an address.
WITH_SUBJECT, WITH_PEOPLE, ADDRESS = ".", "-", "@"

#: Characters of a text that are searched.
LOOKED_AT = 100_000

#: Characters that the different words of a part may take: PostgreSQL holds a megabyte of them for a message.
ROOM, ROOM_OF_TEXT = 50_000, 400_000

#: Messages of one transaction, where many are looked through.
BATCH = 500


@dataclass
class Content:
    """What of a message is searched. ``addresses``: the numbers of all in it, those of a Bcc too."""

    subject: str
    text: str
    people: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    addresses: set[int] = field(default_factory=set)

    def words(self) -> str:
        """As they are stored."""
        people = _bounded(chain.from_iterable(map(words, self.people)), ROOM)
        subject = people | _bounded(words(self.subject), ROOM)
        files = _bounded(chain.from_iterable(map(words_of_name, self.files)), ROOM)
        found = subject | files | _bounded(words(self.text), ROOM_OF_TEXT)
        marked = chain(
            (f"{WITH_SUBJECT}{word}" for word in subject),
            (f"{WITH_PEOPLE}{word}" for word in people),
            (f"{ADDRESS}{number}" for number in self.addresses),
        )
        return f" {' '.join(chain(found, marked))} "


def _bounded(some: Iterable[str], room: int) -> set[str]:
    found: set[str] = set()
    for word in some:
        if word not in found:
            found.add(word)
            room -= len(word)
            if room < 0:
                break
    return found


def add(messages: Collection[int]) -> None:
    """Write the entries of messages that have none. Call it in the transaction that records them."""
    for some in batches(messages, BATCH):
        insert(SearchEntry, ["message", "words"], [(pk, one.words()) for pk, one in _contents(some).items()])


def refresh(messages: Collection[int]) -> None:
    """Write them anew: what went from a message is not found any more. Call it in that transaction."""
    SearchEntry.objects.filter(pk__in=messages).delete()
    add(messages)


def _contents(messages: Collection[int]) -> dict[int, Content]:
    rows = Message.objects.filter(pk__in=messages).values_list("pk", "subject", "text")
    found = {pk: Content(subject, text[:LOOKED_AT]) for pk, subject, text in rows}
    bare = [pk for pk, one in found.items() if not one.text]
    for pk, html in Message.objects.filter(pk__in=bare).exclude(html="").values_list("pk", "html"):
        found[pk].text = html_to_text(html, limit=LOOKED_AT)
    people = Participant.objects.filter(message__in=messages)
    for pk, location, number, name, value in people.values_list(
        "message", "location", "address", "name", "address__value"
    ):
        found[pk].addresses.add(number)
        if location is None:
            found[pk].people += [name, value]
    for pk, name in Attachment.objects.filter(message__in=messages).values_list("message", "name"):
        found[pk].files.append(name)
    return found


# What was stored before there was an index


def _waiting() -> QuerySet[Message]:
    """The messages that have no entry yet. They are looked through downwards: the newest are found first,
    and all below the lowest entry are still to come. New messages have one from the start.
    """
    lowest = SearchEntry.objects.aggregate(lowest=Min("pk"))["lowest"]
    return Message.objects.all() if lowest is None else Message.objects.filter(pk__lt=lowest)


def is_complete() -> bool:
    """Whether every message is found."""
    return not _waiting().exists()


def share_done() -> float:
    """How much is: of 1, by the ids."""
    if is_complete():
        return 1.0
    ends = Message.objects.aggregate(first=Min("pk"), last=Max("pk"))
    lowest = SearchEntry.objects.aggregate(lowest=Min("pk"))["lowest"] or ends["last"] + 1
    return (ends["last"] + 1 - lowest) / (ends["last"] + 1 - ends["first"])


def add_earlier(shift: float) -> bool:
    """Add what is waiting for some ``shift`` seconds; returns whether all is done."""
    end = time.monotonic() + shift
    while some := list(_waiting().order_by("-pk").values_list("pk", flat=True)[:BATCH]):
        persistently(lambda some=some: _locked(some, add))
        if time.monotonic() > end:
            return is_complete()
    return True


def rebuild() -> Iterator[int]:
    """Write every entry anew, the newest first; yields how many were. Harmless beside all other work."""
    done, last = 0, None
    while some := _below(last):
        persistently(lambda some=some: _locked(some, refresh))
        done, last = done + len(some), some[-1]
        yield done


def _below(last: int | None) -> list[int]:
    rows = Message.objects.all() if last is None else Message.objects.filter(pk__lt=last)
    return list(rows.order_by("-pk").values_list("pk", flat=True)[:BATCH])


def _locked(messages: Iterable[int], act: Callable[[Collection[int]], None]) -> None:
    with transaction.atomic():
        # Else a text could be redacted between our reading and writing.
        rows = Message.objects.select_for_update(no_key=True).filter(pk__in=messages).order_by("pk")
        act(list(rows.values_list("pk", flat=True)))
