"""Everywhere a person can be in our tables, and how it goes: a function for each, in this order.

Each yields steps. A step is carried out in a transaction of its own, looks again at what it was meant for,
and returns what it did as counters for the report. Whoever was killed begins again with the trace it was at,
after the step whose ``at`` was noted; so a trace that is not in order of ``at`` has to be one whose rows go.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import NamedTuple

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from .. import conf
from ..mail.redact import spellings
from ..models import (
    AccessRequest,
    Attachment,
    EmailAccount,
    Grant,
    Location,
    Lookup,
    Message,
    Participant,
    Reference,
    Rule,
    ShownSender,
    Tally,
)
from ..sync import erased, forget, removal, search_index
from . import previews, set_aside
from .person import Person
from .redaction import redact, remove

#: Messages in one transaction, and looked through for the address in one query.
BATCH, WINDOW = 50, 1_000


class Step(NamedTuple):
    """``act`` does it; ``at``: how far the trace is then."""

    at: int
    act: Callable[[], Counter[str]]


#: From a person and the place after which to go on.
Trace = Callable[[Person, int], Iterator[Step]]


def conversations(person: Person, after: int) -> Iterator[Step]:
    """What others wrote in the conversations that the person took part in, where they are quoted by name."""
    theirs = Message.objects.filter(participants__address=person.pk).values("thread")
    for some in _batches(Message.objects.filter(thread__in=theirs), after):
        yield Step(some[-1], partial(_redact, person, some, True))


def mentions(person: Person, after: int) -> Iterator[Step]:
    """What anybody wrote in which the address stands."""
    told, named = Q(), Q()
    for form in _forms(person.address):
        for field in ("subject", "text", "html", "snippet", "message_id"):
            told |= Q(**{f"{field}__icontains": form})
        named |= Q(name__icontains=form)
    last = Message.objects.aggregate(last=Max("pk"))["last"] or 0
    for low in range(after, last, WINDOW):
        here = {"pk__gt": low, "pk__lte": low + WINDOW}
        found = set(Message.objects.filter(told, **here).values_list("pk", flat=True))
        there = {"message__gt": low, "message__lte": low + WINDOW}
        for model in (Participant, Attachment):
            found.update(model.objects.filter(named, **there).values_list("message", flat=True))
        yield Step(low + WINDOW, partial(_redact, person, sorted(found), False))


def messages(person: Person, after: int) -> Iterator[Step]:
    """What the person took part in: it goes, or where another contact does too, the person goes from it."""
    theirs = Participant.objects.filter(address=person.pk).order_by("message")
    while some := sorted(set(theirs.values_list("message", flat=True)[:BATCH])):
        yield Step(0, partial(_take_out, person, some))


def ids(person: Person, after: int) -> Iterator[Step]:
    """Message-IDs that hold the address."""
    rows = Reference.objects.filter(message_id__icontains=person.address)
    for some in _batches(rows, after):
        yield Step(some[-1], partial(_delete, Reference.objects.filter(pk__in=some), ""))


def unread(person: Person, after: int) -> Iterator[Step]:
    """What was set aside unread with its bytes."""
    for pk in set_aside.naming([person], after):
        yield Step(pk, partial(_delete, set_aside.row(pk), "set_aside"))


def decisions(person: Person, after: int) -> Iterator[Step]:
    """What people decided about the address, and what was counted and sought for it."""
    for at, (name, rows) in enumerate(decided(person.pk, person.address).items(), 1):
        if at > after:
            yield Step(at, partial(_delete, rows, name))


def results(person: Person, after: int) -> Iterator[Step]:
    """What previews and checks noted by address."""
    for pk in previews.naming(person, after):
        yield Step(pk, partial(previews.take_out, pk, person))


def logins(person: Person, after: int) -> Iterator[Step]:
    """Rows that stand for a mailbox nobody connected, and have a login's address of before."""
    if not after:
        yield Step(1, partial(_unname, person))


#: What is searched follows each step (``sync.search_index``). Drafts, once there are any, are a line here.
TRACES: dict[str, Trace] = {
    "conversations": conversations,
    "mentions": mentions,
    "messages": messages,
    "ids": ids,
    "unread": unread,
    "decisions": decisions,
    "results": results,
    "logins": logins,
}


def decided(pk: int, address: str) -> dict[str, QuerySet]:
    """By counter, the rows of the tables that know the address by itself."""
    return {
        "grants": Grant.objects.filter(address=pk),
        "rules": Rule.objects.filter(pattern=address),
        "searches": Lookup.objects.filter(address=pk),
        "tallies": Tally.objects.filter(address=pk),
        "senders": ShownSender.objects.filter(address=pk),
    }


def going(some: Collection[int], people: Collection[str] | None = None) -> set[int]:
    """Those of ``some`` messages that go with who was erased: no other contact takes part in them.

    ``people``: addresses that count as erased; None: those that are.
    """
    besides = erased.now() if people is None else people
    return forget.orphans(some, timezone.now() - conf.grace(), besides)


def _redact(person: Person, some: list[int], wholly: bool) -> Counter[str]:
    """Of messages that stay; those of the person alone go later."""
    removal.lock(some)
    there = list(Message.objects.filter(pk__in=some).values_list("pk", flat=True))
    theirs = _with_person(there, person)
    staying = set(there) - (going(theirs) if theirs else set())
    changed, attachments = redact(staying, person, wholly)
    # What the person took part in is counted when that goes.
    return Counter(redacted=len(changed - theirs), attachments=attachments)


def _with_person(some: Collection[int], person: Person) -> set[int]:
    rows = Participant.objects.filter(message__in=some, address=person.pk)
    return set(rows.values_list("message", flat=True))


def _take_out(person: Person, some: list[int]) -> Counter[str]:
    threads = removal.lock(some)
    # As whoever adds a place to a message: else that would come back with the Bcc it shows.
    list(Message.objects.select_for_update(no_key=True).filter(pk__in=some).order_by("pk").only("pk"))
    theirs = _with_person(some, person)  # another worker may have taken the person out meanwhile
    alone = going(theirs)
    staying = theirs - alone
    done = _counted(alone) + Counter(redacted=len(staying))
    removal.remove(alone, threads)
    sent = Participant.objects.filter(message__in=staying, address=person.pk, role=Participant.Role.FROM)
    attached = list(Attachment.objects.filter(message__in=sent.values("message")))
    remove(attached)
    _changed, more = redact(staying, person, wholly=True)
    Participant.objects.filter(message__in=staying, address=person.pk).delete()
    search_index.refresh(staying)
    return done + Counter(attachments=len(attached) + more)


def _counted(alone: Collection[int]) -> Counter[str]:
    """How much goes with these messages."""
    of = {"message__in": alone}
    return Counter(
        removed=len(alone),
        places=Location.objects.filter(**of).count(),
        attachments=Attachment.objects.filter(**of).count(),
        requests=AccessRequest.objects.filter(**of).count(),
        grants=Grant.objects.filter(**of).count(),
    )


def _delete(rows: QuerySet, name: str) -> Counter[str]:
    pks = list(rows.values_list("pk", flat=True))
    rows.model.objects.filter(pk__in=pks).only("pk").delete()
    return Counter({name: len(pks)} if name else {})


def _forms(address: str) -> Iterator[str]:
    """The address as a search of the database finds it; the others are for who reads the text."""
    for form in sorted(spellings(address)):
        local, _, domain = form.rpartition("@")
        yield from (form, f"{local}%40{domain}", f"{local}&#64;{domain}")


def _unname(person: Person) -> Counter[str]:
    EmailAccount.objects.filter(imap_host="", address=person.address).update(address="")
    return Counter()


def _batches(rows: QuerySet, after: int) -> Iterator[list[int]]:
    while some := list(
        rows.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True).distinct()[:BATCH]
    ):
        yield some
        after = some[-1]
