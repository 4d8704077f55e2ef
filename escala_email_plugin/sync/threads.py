"""Which conversation a message belongs to.

Two conversations are one when they know an id in common (Message-ID, In-Reply-To, References, or the
provider's own within an account) and somebody from outside takes part in both: who merely names one of our
ids does not get into a conversation. Never by subject. Joining only ever grows what a conversation knows,
so the outcome is the same whatever the order of arrival.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet

from ..among import among
from ..mail.parse import Parsed
from ..models import Message, Participant, Reference, Thread
from . import joined
from .fetch import Taken
from .insert import insert


@dataclass(eq=False)
class Conversation:
    """A conversation while a batch is recorded; ``threads``: the stored ones in it, and the ids they know."""

    ids: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    messages: list[str] = field(default_factory=list)
    threads: dict[int, set[str]] = field(default_factory=dict)

    @property
    def kept(self) -> int:
        """The oldest of its stored threads, into which the others go."""
        return min(self.threads)

    def absorb(self, other: "Conversation") -> None:
        """Become one with ``other``."""
        self.ids |= other.ids
        self.people |= other.people
        self.messages += other.messages
        self.threads |= other.threads


def thread_ids(messages: Collection[Taken], own: Collection[str], account_id: int) -> dict[str, int]:
    """The thread of each message, by message key; threads are made, joined and taught ids on the way.

    ``own``: our accounts' addresses, who are in every conversation and therefore join none.
    Must run in a transaction that has locked the addresses of ``messages`` (``record`` does).
    """
    web = _Web(own)
    ids = [known_ids(taken, account_id) for taken in messages]
    web.load(set().union(*ids))
    for taken, some in zip(messages, ids, strict=True):
        web.add(Conversation(some, outsiders(taken.parsed, own), [taken.parsed.key]))
    while unknown := web.touched_ids() - web.loaded:
        web.load(unknown)
    touched = web.touched()
    _store(touched)
    return {key: one.kept for one in touched for key in one.messages}


def known_ids(taken: Taken, account_id: int) -> set[str]:
    """The ids a message knows of its conversation: Message-IDs, its own among them, and the provider's.

    The provider's holds blanks, which no Message-ID does: a stranger cannot name it.
    """
    parsed, thread = taken.parsed, taken.detail.provider_thread
    ids = {parsed.message_id, *parsed.in_reply_to, *parsed.references}
    return ids | {f"thread {account_id} {thread}"} if thread else ids


def outsiders(parsed: Parsed, own: Collection[str]) -> set[str]:
    """The people of a message who are not one of our accounts. A Bcc joins nothing."""
    return {person.address for person in parsed.people if person.role != "bcc"} - set(own)


class _Web:
    """The conversations of a batch and the stored ones they touch, always joined as far as they can be."""

    def __init__(self, own: Collection[str]):
        self.own = own
        self.loaded: set[str] = set()
        self.by_id: dict[str, set[Conversation]] = defaultdict(set)

    def add(self, mine: Conversation) -> None:
        """Take a conversation in and join it with every other it belongs to."""
        while other := self._partner(mine):
            for one in other.ids:
                self.by_id[one].discard(other)
            mine.absorb(other)
        for one in mine.ids:
            self.by_id[one].add(mine)

    def _partner(self, mine: Conversation) -> Conversation | None:
        return next(
            (other for one in mine.ids for other in self.by_id[one] if other.people & mine.people), None
        )

    def touched(self) -> list[Conversation]:
        """The conversations with a message of this batch in them."""
        everyone = {id(one): one for some in self.by_id.values() for one in some}
        return [one for one in everyone.values() if one.messages]

    def touched_ids(self) -> set[str]:
        return {one for conversation in self.touched() for one in conversation.ids}

    def load(self, ids: Collection[str]) -> None:
        """Take in the stored conversations that know one of ``ids``."""
        ids = set(ids) - self.loaded
        self.loaded |= ids
        here = {pk for some in self.by_id.values() for one in some for pk in one.threads}
        for conversation in _stored(_lock(ids, here), self.own):
            self.add(conversation)


def _lock(ids: Collection[str], but: Collection[int]) -> set[int]:
    """Lock and return the threads that know one of ``ids``.

    A thread that another worker joined to its elder while we waited is not there any more:
    then its ids have moved, and we look again.
    """
    while True:
        found = {pk for (pk,) in among(Reference, ("thread",), "message_id", ids)} - set(but)
        rows = Thread.objects.select_for_update().filter(pk__in=found).order_by("pk")
        locked = set(rows.values_list("pk", flat=True))
        if locked == found:
            return locked


def _stored(threads: Collection[int], own: Collection[str]) -> Iterable[Conversation]:
    if not threads:
        return []
    found = {pk: Conversation(threads={pk: set()}) for pk in threads}
    for pk, message_id in among(Reference, ("thread", "message_id"), "thread", threads):
        found[pk].ids.add(message_id)
        found[pk].threads[pk].add(message_id)
    for pk, address in people_of(threads):
        if address not in own:
            found[pk].people.add(address)
    return found.values()


def people_of(threads: Collection[int]) -> QuerySet:
    """Each thread with the addresses in it, but those of a Bcc."""
    # Told by their role: "without a location" has an index too, under which nearly all participants are.
    people = Participant.objects.filter(message__thread__in=threads).exclude(role=Participant.Role.BCC)
    return people.values_list("message__thread", "address__value").order_by().distinct()


def _store(conversations: list[Conversation]) -> None:
    """Write them; the oldest of a conversation's threads takes the others in."""
    new = [one for one in conversations if not one.threads]
    for one, thread in zip(new, Thread.objects.bulk_create([Thread() for _ in new]), strict=True):
        one.threads[thread.pk] = set()
    insert(
        Reference,
        ["thread", "message_id"],
        [
            (one.kept, message_id)
            for one in conversations
            for message_id in sorted(one.ids - one.threads[one.kept])
        ],
    )
    joins = [(one.kept, one.threads.keys() - {one.kept}) for one in conversations if len(one.threads) > 1]
    if joins:
        joined.settle(joins)
    for kept, others in joins:
        Message.objects.filter(thread__in=others).update(thread=kept)
        Thread.objects.filter(pk__in=others).delete()
