"""Why is a message on a record's timeline? Answered from our rows alone, as far as a user may know them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType

from ..models import EmailAccount, Location, Message, Participant
from ..visibility import CORRESPONDENTS


@dataclass(frozen=True)
class Match:
    """An address of the record in the message, and where it stands: values of ``Participant.Role``."""

    address: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Seen:
    """Where the message is, or was until ``gone_at``."""

    account: EmailAccount
    folder: str
    gone_at: datetime | None


@dataclass(frozen=True)
class WhyHere:
    """``recorded_at``: when it was first stored, from whichever of the places."""

    matches: list[Match]
    places: list[Seen]
    recorded_at: datetime


def why_stored(message: Message, record: Any, user: Any) -> WhyHere:
    """Which of the record's addresses brought the message here, from which of the mailboxes ``user`` reads.

    A Bcc is told only to who holds the copy that shows it. That the user may see both is the caller's to ask.
    """
    return WhyHere(_matches(message, record, user), _places(message, user), message.recorded_at)


def _matches(message: Message, record: Any, user: Any) -> list[Match]:
    people = Participant.objects.known_to(user).filter(
        message=message,
        role__in=CORRESPONDENTS,
        address__records__content_type=ContentType.objects.get_for_model(record),
        address__records__object_id=str(record.pk),
    )
    roles: dict[str, set[str]] = defaultdict(set)
    for address, role in people.values_list("address__value", "role"):
        roles[address].add(role)
    order = CORRESPONDENTS.index
    return [Match(address, tuple(sorted(some, key=order))) for address, some in sorted(roles.items())]


def _places(message: Message, user: Any) -> list[Seen]:
    """The present ones first; each folder once, however often its numbers changed."""
    readable = EmailAccount.objects.readable_by(user)
    rows = Location.objects.filter(message=message, account__in=readable).select_related("account", "folder")
    found: dict[int, Seen] = {}
    for row in sorted(rows, key=lambda row: (row.gone_at is not None, -row.pk)):
        found.setdefault(row.folder_id, Seen(row.account, row.folder.name, row.gone_at))
    return list(found.values())
