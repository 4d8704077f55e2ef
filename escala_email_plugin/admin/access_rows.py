"""What the pages about access say of a question, of what was granted, and of what was asked.

Of a message only to its owner, whose own mail it is; of a record only to who may see it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _
from wagtail.admin.admin_url_finder import AdminURLFinder

from ..models import AccessRequest, Address, Grant, Message, Participant, Thread
from ..privacy.access.answering import addresses_of, record_for
from ..privacy.access.asking import state_of
from ..privacy.access.grants import Given
from ..privacy.access.still import read_of
from ..reading.position import day_of
from ..reading.who import name_of

#: People of one message that are named.
NAMED = 12

#: How a question stands, to who asked it.
STATES = {
    "open": _("Waiting for an answer"),
    "granted": _("You can read it"),
    "no": _("The answer was no"),
    "taken_back": _("You can no longer read it"),
    "over": _("Nobody who could answer is here any more"),
}

#: The pill of a state, of the colours that the state of a mailbox has.
COLOURS = {"open": "waiting", "granted": "connected", "no": "reconnect"}


@dataclass
class Question:
    """A question as its owner is shown it: the message is the owner's own."""

    request: AccessRequest
    message: Message
    record: Any = None
    record_url: str | None = None
    senders: list[Participant] = field(default_factory=list)
    receivers: list[Participant] = field(default_factory=list)
    #: What “this conversation” and “this contact” mean now.
    messages: int = 1
    addresses: list[Address] = field(default_factory=list)
    #: Whether the asker reads it by something else than its answer.
    is_readable: bool = False


def question_rows(owner: Any, requests: list[AccessRequest]) -> list[Question]:
    """What ``owner`` is shown of ``requests``, which are the owner's to answer."""
    rows = AccessRequest.objects.filter(pk__in=[one.pk for one in requests]).select_related(
        "asker", "message", "content_type"
    )
    by_pk = rows.defer("message__text", "message__html").in_bulk()
    found = [Question(by_pk[one.pk], by_pk[one.pk].message) for one in requests if one.pk in by_pk]
    _add_people(owner, found)
    _add_sizes(owner, found)
    _add_readable(owner, found)
    finder = AdminURLFinder(owner)
    for one in found:
        one.record = record_for(owner, one.request)
        if one.record is not None:
            one.record_url = finder.get_edit_url(one.record)
            one.addresses = list(addresses_of(one.request))
    return found


def _add_people(owner: Any, questions: list[Question]) -> None:
    people: dict[int, list[Participant]] = defaultdict(list)
    shown = Participant.objects.known_to(owner).filter(message__in=[one.message.pk for one in questions])
    for person in shown.select_related("address").order_by("pk"):
        people[person.message_id].append(person)
    for one in questions:
        mine = people[one.message.pk]
        one.senders = [person for person in mine if person.role == "from"][:NAMED]
        one.receivers = [person for person in mine if person.role in ("to", "cc", "bcc")][:NAMED]


def _add_sizes(owner: Any, questions: list[Question]) -> None:
    threads = {one.message.thread_id for one in questions}
    sizes = dict(
        Message.objects.filter(thread__in=threads, locations__account__owner=owner)
        .order_by()
        .values("thread")
        .annotate(number=Count("pk", distinct=True))
        .values_list("thread", "number")
    )
    for one in questions:
        one.messages = sizes.get(one.message.thread_id, 1)


def _add_readable(owner: Any, questions: list[Question]) -> None:
    """Which of them can be read whatever the answer is: not those that their own answer opened."""
    rows = Grant.objects.filter(request__in=[one.request.pk for one in questions])
    opened = set(rows.values_list("request", flat=True))
    by_asker: dict[Any, list[Question]] = defaultdict(list)
    for one in questions:
        if one.request.pk not in opened:
            by_asker[one.request.asker].append(one)
    for asker, theirs in by_asker.items():
        readable = read_of(owner, asker, [one.message.pk for one in theirs])
        for one in theirs:
            one.is_readable = one.message.pk in readable


@dataclass
class GivenRow:
    """What was granted, as its owner is shown it. ``message``: the newest of those it is about, if any."""

    given: Given
    message: Message | None = None


def given_rows(owner: Any, given: list[Given]) -> list[GivenRow]:
    """Each with the newest of its messages, or of its conversation's."""
    newest = _newest_of_threads(owner, {pk for one in given for pk in one.threads})
    wanted = {pk for one in given for pk in one.messages} | set(newest.values())
    messages = Message.objects.filter(pk__in=wanted).visible_to(owner).defer("text", "html").in_bulk()
    return [GivenRow(one, _newest(one, newest, messages)) for one in given]


def _newest(given: Given, newest: dict[int, int], messages: dict[int, Message]) -> Message | None:
    pks = {*given.messages, *(newest.get(thread) for thread in given.threads)}
    found = [messages[pk] for pk in pks if pk in messages]
    return max(found, key=lambda one: one.sent_at, default=None)


def _newest_of_threads(owner: Any, threads: Iterable[int]) -> dict[int, int]:
    of_thread = Message.objects.filter(thread=OuterRef("pk")).visible_to(owner).order_by("-sent_at", "-pk")
    rows = Thread.objects.filter(pk__in=threads).annotate(newest=Subquery(of_thread.values("pk")[:1]))
    return {pk: newest for pk, newest in rows.values_list("pk", "newest") if newest is not None}


@dataclass
class AskedRow:
    """What somebody asked, as they are shown it: the day, whose, the record if they may see it, how it is."""

    request: AccessRequest
    day: date
    state: str
    label: Any
    colour: str
    whose: str
    record: Any
    record_url: str | None


def asked_rows(user: Any, requests: list[AccessRequest]) -> list[AskedRow]:
    """``requests``: of ``asking.asked_by``."""
    finder, found = AdminURLFinder(user), []
    for one in requests:
        state, record = state_of(one), record_for(user, one)
        url = finder.get_edit_url(record) if record is not None else None
        found.append(
            AskedRow(
                one,
                day_of(one.message.sent_at),
                state,
                STATES[state],
                COLOURS.get(state, ""),
                name_of(one.account),
                record,
                url,
            )
        )
    return found
