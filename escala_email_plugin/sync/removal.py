"""Remove stored messages with all that is theirs alone, safe beside workers that record."""

from collections.abc import Collection, Mapping

from django.db.models import Exists, OuterRef

from .. import addresses
from ..models import Attachment, Location, Message, Participant, Thread
from . import files, search_index


def lock(messages: Collection[int]) -> set[int]:
    """Keep others off these messages until the transaction ends; returns the ids of their threads.

    As a sync does, the people first and then the threads: who records one of these messages now comes
    before or after, not in between. Raises OperationalError where the people were not free in time.
    """
    people = Participant.objects.filter(message__in=messages)
    addresses.lock_yielding(people.values_list("address", flat=True).distinct())
    return _lock_threads(messages)


def _lock_threads(messages: Collection[int]) -> set[int]:
    """While we wait for a thread, another worker may join it to its elder."""
    while True:
        found = set(Message.objects.filter(pk__in=messages).values_list("thread", flat=True))
        rows = Thread.objects.select_for_update().filter(pk__in=found).order_by("pk")
        if set(rows.values_list("pk", flat=True)) == found:
            return found


def remove(messages: Collection[int], threads: Collection[int]) -> None:
    """Remove ``messages``, and those of ``threads`` that hold none any more. Call it under ``lock``."""
    attachments = Attachment.objects.filter(message__in=messages)
    names = set(attachments.values_list("file", flat=True))
    for model in (Participant, Attachment, Location):
        model.objects.filter(message__in=messages).delete()
    Message.objects.filter(pk__in=messages).only("pk").delete()
    Thread.objects.filter(pk__in=threads, messages=None).delete()
    files.note(names)


def remove_places(places: Mapping[int, int], threads: Collection[int]) -> None:
    """Remove ``places`` (id → message), and the messages that have no other. Call it under ``lock``: another
    account may have come to hold one of them meanwhile.
    """
    elsewhere = Location.objects.filter(message=OuterRef("pk")).exclude(pk__in=places)
    there = Message.objects.filter(~Exists(elsewhere), pk__in=set(places.values()))
    remove(list(there.values_list("pk", flat=True)), threads)
    Participant.objects.filter(location__in=places).delete()
    Location.objects.filter(pk__in=places).delete()


def strip(messages: Collection[int]) -> None:
    """Of ``messages`` only people, date and subject stay. Call it under ``lock``."""
    attachments = Attachment.objects.filter(message__in=messages)
    names = set(attachments.values_list("file", flat=True))
    attachments.delete()
    Message.objects.filter(pk__in=messages).update(snippet="", text="", html="")
    search_index.refresh(messages)
    files.note(names)
