"""Messages as one reader is shown them. What the reader may not see is not in a Letter at all."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from ..models import Attachment, EmailAccount, Message, Participant
from ..privacy.access.standing import NOT_ASKED, Standing, standings
from ..readers import Reader, reader_of
from ..sync.shown_by import Place, Why, shown_by
from ..visibility import Level
from .badges import Badge, badge
from .listed_files import files_of
from .ours import addresses_known_to
from .shown_as import may_have_cards
from .who import names_of

#: People of one message that are named on a page; the others are counted.
NAMED = 40


@dataclass
class Letter:
    """A message with its people, as far as they are shown."""

    message: Message
    places: list[Place]
    people: list[Participant] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    from_us: bool = False
    unnamed: int = 0
    #: Of what is shown in part: how asking for the rest stands.
    standing: Standing = NOT_ASKED

    @property
    def level(self) -> Level:
        """How much of it the reader sees."""
        return max((place.level for place in self.places), default=Level.NOTHING)

    @property
    def shows_subject(self) -> bool:
        return self.level >= Level.SUBJECT

    @property
    def is_whole(self) -> bool:
        return self.level == Level.EVERYTHING

    @property
    def is_mine(self) -> bool:
        """Whether a personal mailbox of the reader's holds it."""
        return any(place.why is Why.OWN for place in self.places)

    @property
    def is_gone(self) -> bool:
        """No folder by which the reader sees all of it holds it any more."""
        whole = [place for place in self.places if place.level == Level.EVERYTHING]
        return bool(whole) and all(place.gone_at for place in whole)

    @property
    def arrived(self) -> datetime | None:
        """When the first of the mailboxes by which the reader sees all of it took it."""
        whole = [place for place in self.places if place.level == Level.EVERYTHING]
        return min((place.arrived for place in whole if place.arrived), default=None)

    @property
    def badge(self) -> Badge:
        return badge(self.level, self.places)

    @property
    def shared_by(self) -> str:
        """The colleagues who show what is shown of it."""
        return names_of(self.colleagues)

    @property
    def colleagues(self) -> list[EmailAccount]:
        """Their mailboxes."""
        return [place.account for place in self.places if place.level and not place.is_the_readers]

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
        return files_of(self.attachments)

    @property
    def may_have_cards(self) -> bool:
        """Whether it may be more than a text: an invitation, a report, another message."""
        return self.is_whole and may_have_cards(self.message.subject, self.attachments)


def letters_by(places: dict[int, list[Place]], reader: Reader) -> list[Letter]:
    """The messages (ids) of which ``places`` show something, without their texts (``letters``).

    In one query, and another where of some nobody is known.
    """
    if not places:
        return []
    people = _people(places, _in_full(places)).select_related("address", "message")
    people = list(people.defer("message__text", "message__html"))
    messages = {person.message_id: person.message for person in people}
    if nobody := places.keys() - messages.keys():
        messages |= Message.objects.defer("text", "html").in_bulk(nobody)
    found = {pk: _letter(message, places[pk]) for pk, message in messages.items()}
    for person in people:
        # Of what is shown in part nobody is to come by the rest.
        person.message = found[person.message_id].message
    _add_people(found, people, reader)
    return list(found.values())


def letters(messages: list[Message], user: Any, whole: bool = False) -> list[Letter]:
    """``messages`` as ``user`` sees them; as a ``whole`` with their attachments, or with how asking for them
    stands.

    In a constant number of queries, none of none. A message of which the user sees nothing comes without its
    people.
    """
    if not messages:
        return []
    reader = reader_of(user)
    places = shown_by([message.pk for message in messages], reader)
    found = {message.pk: _letter(message, places.get(message.pk, [])) for message in messages}
    shown = {pk: one for pk, one in found.items() if one.level}
    _add_people(shown, _people(shown, _in_full(places)), reader)
    if whole:
        _add_attachments({pk: one for pk, one in found.items() if one.is_whole})
        _add_standings({pk: one for pk, one in found.items() if one.level and not one.is_whole}, reader)
    return list(found.values())


def _letter(message: Message, places: list[Place]) -> Letter:
    letter = Letter(message, places)
    if not letter.is_whole:
        # What may be shown is taken over, so that no column is shown that nobody thought of.
        shown = Message(pk=message.pk, thread_id=message.thread_id, sent_at=message.sent_at)
        shown.subject = message.subject if letter.shows_subject else ""
        letter.message = shown
    return letter


def _in_full(places: dict[int, list[Place]]) -> set[int]:
    """The places that show all of their message."""
    return {place.pk for some in places.values() for place in some if place.level == Level.EVERYTHING}


def _people(messages: Iterable[int], read: set[int]) -> QuerySet:
    """The people of messages, the first ``NAMED`` of each, and how many each has.

    ``read``: places; a Bcc is for who reads the copy that shows it (``ParticipantQuerySet.known_to``).
    """
    one_message = {"partition_by": F("message")}
    return (
        Participant.objects.filter(Q(location=None) | Q(location__in=read), message__in=messages)
        .select_related("address")
        .annotate(
            number=Window(RowNumber(), order_by="pk", **one_message),
            all_of_them=Window(Count("pk"), **one_message),
        )
        .filter(number__lte=NAMED)
        .order_by("pk")
    )


def _add_people(found: dict[int, Letter], people: Iterable[Participant], reader: Reader) -> None:
    own = addresses_known_to(reader)
    seen: dict[int, set[Any]] = defaultdict(set)
    for person in people:
        letter = found[person.message_id]
        letter.unnamed = max(0, person.all_of_them - NAMED)
        # The same Bcc may be shown by several copies.
        if (person.role, person.address_id) not in seen[person.message_id]:
            seen[person.message_id].add((person.role, person.address_id))
            letter.people.append(person)
    for letter in found.values():
        letter.from_us = any(person.address.value in own for person in letter.senders)


def _add_attachments(found: dict[int, Letter]) -> None:
    for attachment in Attachment.objects.filter(message__in=found):
        found[attachment.message_id].attachments.append(attachment)


def _add_standings(found: dict[int, Letter], user: Any) -> None:
    holders = {pk: letter.colleagues for pk, letter in found.items()}
    for pk, standing in standings(user, holders).items():
        found[pk].standing = standing
