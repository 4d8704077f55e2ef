"""The places of messages, written: new ones, and those of messages that were stored before."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models.functions import Coalesce
from django.utils import timezone

from ..models import Folder, Location, Participant
from ..servers.imap import Detail
from .fetch import Taken
from .former import beyond
from .insert import insert
from .places import Known

_PLACE = ["folder", "uidvalidity", "uid", "part"]
# With what ``_shown`` tells in its order.
_SHOWN = ["message", "account", "size", "arrived", "provider_id", "labels", "gone_at"]


def place_new(
    folder: Folder, taken: Iterable[Taken], messages: Mapping[str, int], address_ids: Mapping[str, int]
) -> None:
    """The places of ``taken``, and what only they show: Bcc. ``messages``: primary keys by message key."""
    taken = list(taken)
    account = folder.account_id
    _place(
        folder,
        {one.place: (messages[one.parsed.key], one.holder or account, one.detail) for one in taken},
    )
    hidden = [one for one in taken if any(person.role == "bcc" for person in one.parsed.people)]
    places = _places(folder, [one.uid for one in hidden])
    Participant.objects.bulk_create(
        [
            Participant(
                message_id=messages[one.parsed.key],
                address_id=address_ids[person.address],
                role=Participant.Role.BCC,
                name=person.name[:255],
                sent_at=one.parsed.sent_at,
                location_id=places[one.place],
            )
            for one in hidden
            for person in one.parsed.people
            if person.role == Participant.Role.BCC
        ],
        ignore_conflicts=True,
    )


def place_known(folder: Folder, known: Iterable[Known]) -> None:
    """The places of messages that this account showed elsewhere before, with the Bcc they showed there.

    A place that only got another number moves; nothing of it is lost or doubled.
    """
    known = list(known)
    here = _here(folder, [one.uid for one in known])
    occupied = set(Location.objects.filter(**here).values_list("uid", flat=True))
    new = [one for one in known if one.uid in occupied or not _moves(folder, one)]
    _place(folder, {(one.uid, 0): (one.message_id, folder.account_id, one.detail) for one in new})
    places = _places(folder, [one.uid for one in new])
    shown = Participant.objects.filter(location__in={one.source for one in new})
    hidden = defaultdict(list)
    for person in shown:
        hidden[person.location_id].append(person)
    Participant.objects.bulk_create(
        [_also_at(places[one.uid, 0], person) for one in new for person in hidden[one.source]],
        ignore_conflicts=True,
    )


def _moves(folder: Folder, one: Known) -> bool:
    """Give the place its new number, unless another copy got it a moment ago."""
    former = Location.objects.filter(pk=one.source).exclude(uidvalidity=folder.uidvalidity)
    return one.moves and bool(
        former.update(uidvalidity=folder.uidvalidity, uid=one.uid, **_shown(one.detail))
    )


def _also_at(place: int, person: Participant) -> Participant:
    """The same Bcc, shown by another place of the message."""
    return Participant(
        message_id=person.message_id,
        address_id=person.address_id,
        role=person.role,
        name=person.name,
        sent_at=person.sent_at,
        location_id=place,
    )


def _place(folder: Folder, messages: Mapping[tuple[int, int], tuple[int, int, Detail]]) -> None:
    """Write the places by UID and part: each a message's id, an account's, and what is known of it."""
    if not messages:
        return
    _make_room(folder, {place: message_id for place, (message_id, *_) in messages.items()})
    insert(
        Location,
        [*_PLACE, *_SHOWN],
        [
            (
                folder.pk,
                folder.uidvalidity,
                *place,
                message_id,
                account_id,
                *_shown(detail).values(),
                None,
            )
            for place, (message_id, account_id, detail) in messages.items()
        ],
        unique=_PLACE,
        update=_SHOWN,
    )


def _places(folder: Folder, uids: list[int]) -> dict[tuple[int, int], int]:
    """The primary keys of places by UID and part."""
    rows = Location.objects.filter(**_here(folder, uids)).values_list("uid", "part", "pk") if uids else ()
    return {(uid, part): pk for uid, part, pk in rows}


def _make_room(folder: Folder, messages: Mapping[tuple[int, int], int]) -> None:
    """Where another message was shown under these numbers, its place goes on under one that no server has.

    A message without any place would be seen by nobody.
    """
    here = _here(folder, {uid for uid, _part in messages})
    places = Location.objects.filter(**here).values_list("pk", "uid", "part", "message")
    former = [pk for pk, uid, part, message in places if messages.get((uid, part), message) != message]
    if former:
        Location.objects.filter(pk__in=former).update(
            uidvalidity=beyond(folder.locations, folder.uidvalidity),
            gone_at=Coalesce("gone_at", timezone.now()),
        )


def _here(folder: Folder, uids: Iterable[int]) -> dict:
    return {"folder": folder, "uidvalidity": folder.uidvalidity, "uid__in": list(uids)}


def _shown(detail: Detail) -> dict:
    return {
        "size": detail.size,
        "arrived": detail.arrived,
        "provider_id": detail.provider_id,
        "labels": "\n".join(detail.labels),
    }
