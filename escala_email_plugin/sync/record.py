"""One transaction a batch: messages, their people and places, what was set aside, and the cursor.

Whatever stops a worker, either all of it happened or nothing. Recording the same message again,
from another folder, another account or a repeated batch, adds a place and no second message.
"""

from collections.abc import Collection

from django.db import DataError, IntegrityError, transaction
from django.db.models import F

from .. import addresses
from ..models import Attachment, EmailAccount, Folder, Location, Message, Participant
from ..signals import message_recorded
from . import quarantine
from .attachments import keep
from .batch import Mark
from .fetch import Catch, SetAside, Taken
from .lease import Lease
from .persistence import persistently
from .progress import Progress
from .threads import thread_ids


def record(
    folder: Folder,
    catch: Catch,
    mark: Mark | None,
    *,
    lease: Lease,
    progress: Progress,
    looked_at: int = 0,
) -> None:
    """Store a catch and move the mark over it (None: there is none to move).

    Raises LeaseLost, and then nothing was written.
    """
    files = {taken.uid: keep(taken.parsed.attachments) for taken in catch.taken}
    own = _our_addresses()

    def attempt() -> tuple[int, int]:
        with transaction.atomic():
            lease.renew()
            stored, failed = _store(folder, catch.taken, files, own)
            set_aside = [*catch.set_aside, *failed]
            quarantine.release(folder, set(catch.uids) - {one.uid for one in set_aside})
            quarantine.put(folder, set_aside)
            if mark is not None:
                mark.move(folder)
        return stored, len(set_aside)

    stored, set_aside = persistently(attempt)
    progress.moved(looked_at, stored, set_aside)


def _our_addresses() -> set[str]:
    """Those of the connected accounts: they are in every conversation, and therefore join none."""
    connected = EmailAccount.objects.exclude(state=EmailAccount.State.DISCONNECTED)
    return set(connected.values_list("address", flat=True))


def _store(
    folder: Folder, taken: list[Taken], files: dict[int, list[Attachment]], own: Collection[str]
) -> tuple[int, list[SetAside]]:
    """All in one go; where the database refuses, one by one, and only the culprits are set aside."""
    if not taken:
        return 0, []
    try:
        with transaction.atomic():
            _write(folder, taken, files, own)
        return len(taken), []
    except (DataError, IntegrityError, ValueError):
        if len(taken) == 1:
            return 0, [SetAside(taken[0].uid, "store", size=taken[0].size)]
    stored, failed = 0, []
    for one in taken:
        count, refused = _store(folder, [one], files, own)
        stored, failed = stored + count, failed + refused
    return stored, failed


def _write(
    folder: Folder, taken: list[Taken], files: dict[int, list[Attachment]], own: Collection[str]
) -> None:
    people = {person.address for one in taken for person in one.parsed.people}
    address_ids = addresses.ids(people)
    addresses.lock_yielding(address_ids.values())  # keeps other workers off these people's conversations
    by_key = {one.parsed.key: one for one in taken}
    held = _messages(by_key)
    new = [one for key, one in by_key.items() if key not in held]
    _create_messages(new, own)
    made = _messages([one.parsed.key for one in new])
    _create_people(new, made, address_ids)
    _create_attachments(new, made, files)
    _create_locations(folder, taken, held | made, address_ids)
    account_id = folder.account_id
    for pk in made.values():
        transaction.on_commit(
            lambda pk=pk: message_recorded.send_robust(Message, message_id=pk, account_id=account_id)
        )


def _messages(keys: Collection[str]) -> dict[str, int]:
    return dict(Message.objects.filter(key__in=list(keys)).values_list("key", "pk"))


def _create_messages(new: list[Taken], own: Collection[str]) -> None:
    threads = thread_ids([one.parsed for one in new], own)
    Message.objects.bulk_create(
        [
            Message(
                key=parsed.key,
                message_id=parsed.message_id,
                thread_id=threads[parsed.key],
                sent_at=parsed.sent_at,
                subject=parsed.subject,
                snippet=parsed.snippet,
                text=parsed.text,
                html=parsed.html,
                automatic=parsed.automatic,
                size=one.size,
            )
            for one in new
            for parsed in [one.parsed]
        ],
        ignore_conflicts=True,
    )


def _create_people(new: list[Taken], made: dict[str, int], address_ids: dict[str, int]) -> None:
    Participant.objects.bulk_create(
        [
            Participant(
                message_id=made[one.parsed.key],
                address_id=address_ids[person.address],
                role=person.role,
                name=person.name[:255],
                sent_at=one.parsed.sent_at,
            )
            for one in new
            for person in one.parsed.people
            if person.role != Participant.Role.BCC
        ],
        ignore_conflicts=True,
    )


def _create_attachments(new: list[Taken], made: dict[str, int], files: dict[int, list[Attachment]]) -> None:
    rows = []
    for one in new:
        for attachment in files[one.uid]:
            attachment.message_id = made[one.parsed.key]
            rows.append(attachment)
    Attachment.objects.bulk_create(rows, ignore_conflicts=True)


def _create_locations(
    folder: Folder, taken: list[Taken], messages: dict[str, int], address_ids: dict[str, int]
) -> None:
    """The places, and what only they show: Bcc."""
    place = ["folder", "uidvalidity", "uid"]
    Location.objects.bulk_create(
        [
            Location(
                message_id=messages[one.parsed.key],
                account_id=folder.account_id,
                folder=folder,
                uidvalidity=folder.uidvalidity,
                uid=one.uid,
            )
            for one in taken
        ],
        update_conflicts=True,
        unique_fields=place,
        update_fields=["message", "account", "gone_at"],
    )
    here = {"folder": folder, "uidvalidity": folder.uidvalidity, "uid__in": [one.uid for one in taken]}
    # A place that shows another message now: what only it showed of the former one goes.
    former = Participant.objects.filter(**{f"location__{name}": value for name, value in here.items()})
    former.exclude(message=F("location__message")).delete()
    hidden = [one for one in taken if any(person.role == "bcc" for person in one.parsed.people)]
    if not hidden:
        return
    places = dict(Location.objects.filter(**here).values_list("uid", "pk"))
    Participant.objects.bulk_create(
        [
            Participant(
                message_id=messages[one.parsed.key],
                address_id=address_ids[person.address],
                role=Participant.Role.BCC,
                name=person.name[:255],
                sent_at=one.parsed.sent_at,
                location_id=places[one.uid],
            )
            for one in hidden
            for person in one.parsed.people
            if person.role == Participant.Role.BCC
        ],
        ignore_conflicts=True,
    )
