"""Why is a message on a record's timeline? Answered from our rows alone, as far as a user may know them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType

from ..models import EmailAccount, Location, Message, Participant
from ..visibility import CORRESPONDENTS, Level
from .shown_by import Place, shown_by


@dataclass(frozen=True)
class Match:
    """An address of the record in the message, and where it stands: values of ``Participant.Role``."""

    address: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Seen:
    """Where the message is, or was until ``gone_at``. ``is_captured``: its holder sent it to the CRM."""

    account: EmailAccount
    folder: str
    gone_at: datetime | None
    is_captured: bool = False


@dataclass(frozen=True)
class WhyHere:
    """``places``: where the mailboxes the user reads hold it; ``colleagues``: by whose others it is seen.

    ``recorded_at``: when it was first stored, from whichever of the places; None where it is shown in part.
    """

    matches: list[Match]
    places: list[Seen]
    colleagues: list[Place]
    recorded_at: datetime | None
    is_gone: bool


def why_stored(message: Message, record: Any, user: Any) -> WhyHere:
    """Which of the record's addresses brought the message here, and by which mailboxes ``user`` sees it.

    A Bcc is told only to who reads the copy that shows it; folders only of mailboxes the user reads, and of
    colleagues who and why. That the user may see record and message is the caller's to ask.
    """
    places = [place for place in shown_by([message.pk], user)[message.pk] if place.level]
    whole = [place for place in places if place.level == Level.EVERYTHING]
    return WhyHere(
        _matches(message, record, user),
        _places(message, user),
        [place for place in places if not place.is_the_readers],
        message.recorded_at if whole else None,
        bool(whole) and all(place.gone_at for place in whole),
    )


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
        captured = row.folder.account_id != row.account_id
        found.setdefault(row.folder_id, Seen(row.account, row.folder.name, row.gone_at, captured))
    return list(found.values())
