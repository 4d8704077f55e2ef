"""One transaction a batch: messages, their people and places, what was set aside, and the mark.

Whatever stops a worker, either all of it happened or nothing. Recording the same message again,
from another folder, another account or a repeated batch, adds a place and no second message.
"""

from collections.abc import Collection
from operator import attrgetter

from django.db import DataError, IntegrityError, transaction
from django.utils import timezone

from .. import addresses
from ..among import among
from ..models import Attachment, EmailAccount, Folder, Message, Participant
from ..signals import message_recorded
from . import files, quarantine, search_index
from .attachments import keep
from .batch import Mark
from .capture.address import of_everyone
from .capture.hidden import without_capture_addresses
from .fetch import Catch, SetAside, Taken
from .insert import insert
from .kept_out import ErasedMeanwhile, allowed, allowed_aside, ensure_nobody_erased
from .lease import Lease
from .persistence import persistently
from .placing import place_known, place_new
from .progress import Progress
from .threads import thread_ids

#: A UID and part: ``Taken.place``.
Place = tuple[int, int]

#: What a row of ``Message`` has of the message as it was read, under the same names.
_SAME = ("key", "message_id", "sent_at", "subject", "snippet", "text", "html", "automatic")
_same = attrgetter(*_SAME)


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
    catch.taken = without_capture_addresses(catch.taken)
    kept = keep({taken.place: taken.parsed.attachments for taken in catch.taken})
    own = _our_addresses()

    def attempt() -> tuple[int, int]:
        with transaction.atomic():
            lease.renew()
            stored, failed = _store(folder, catch.taken, kept, own)
            set_aside = [*allowed_aside(catch.set_aside), *failed]
            set_aside += _place_known(folder, catch)
            quarantine.release(folder, set(catch.uids) - {one.uid for one in set_aside})
            quarantine.put(folder, set_aside)
            if mark is not None:
                mark.move(folder)
            if stored + len(failed) < len(catch.taken):
                files.note({one.file.name for some in kept.values() for one in some})
        return stored, len(set_aside)

    stored, set_aside = persistently(attempt)
    progress.moved(looked_at, stored, set_aside)


def _our_addresses() -> set[str]:
    """Those of the connected accounts, and those that users capture from: they are in every conversation,
    and therefore join none.
    """
    connected = EmailAccount.objects.exclude(state=EmailAccount.State.DISCONNECTED)
    return set(connected.values_list("address", flat=True)) | of_everyone()


def _store(
    folder: Folder, taken: list[Taken], kept: dict[Place, list[Attachment]], own: Collection[str]
) -> tuple[int, list[SetAside]]:
    """All in one go; where the database refuses, one by one, and only the culprits are set aside.

    What may not be stored any more is neither.
    """
    taken = allowed(taken)
    if not taken:
        return 0, []
    try:
        with transaction.atomic():
            _write(folder, taken, kept, own)
        return len(taken), []
    except ErasedMeanwhile:
        return _store(folder, taken, kept, own)
    except (DataError, IntegrityError, ValueError):
        if len(taken) == 1:
            return 0, [SetAside(taken[0].uid, "store", size=taken[0].detail.size)]
    stored, failed = 0, []
    for one in taken:
        count, refused = _store(folder, [one], kept, own)
        stored, failed = stored + count, failed + refused
    return stored, failed


def _place_known(folder: Folder, catch: Catch) -> list[SetAside]:
    """Where a message was removed meanwhile, its place is set aside: the next try downloads it."""
    if not catch.known:
        return []
    # Locked, for the databases look at foreign keys only when all is over, and then it would be too late.
    wanted = {one.message_id for one in catch.known}
    rows = Message.objects.select_for_update(no_key=True).filter(pk__in=wanted)
    there = set(rows.order_by("pk").values_list("pk", flat=True))
    placed = [one for one in catch.known if one.message_id in there]
    try:
        with transaction.atomic():
            place_known(folder, placed)
    except (DataError, IntegrityError, ValueError):
        placed = []
    return [SetAside(one.uid, "store", size=one.detail.size) for one in catch.known if one not in placed]


def _write(
    folder: Folder, taken: list[Taken], kept: dict[Place, list[Attachment]], own: Collection[str]
) -> None:
    people = {person.address for one in taken for person in one.parsed.people}
    address_ids = addresses.ids(people)
    addresses.lock_yielding(address_ids.values())  # keeps other workers off these people's conversations
    ensure_nobody_erased(people)
    by_key = {one.parsed.key: one for one in taken}
    held = _messages(by_key)
    whole = _make_whole([one for key, one in by_key.items() if key in held], held, kept)
    new = [one for key, one in by_key.items() if key not in held]
    _create_messages(new, own, folder.account_id)
    made = _messages([one.parsed.key for one in new])
    _create_people(new, made, address_ids)
    _create_attachments(new, made, kept)
    place_new(folder, taken, held | made, address_ids)
    search_index.add(list(made.values()))
    search_index.refresh(_changed(taken, held, whole))
    for one in new:
        pk, account_id = made[one.parsed.key], one.holder or folder.account_id
        transaction.on_commit(
            lambda pk=pk, account_id=account_id: message_recorded.send_robust(
                Message, message_id=pk, account_id=account_id
            )
        )


def _messages(keys: Collection[str]) -> dict[str, int]:
    return dict(among(Message, ("key", "id"), "key", keys))


def _make_whole(known: list[Taken], held: dict[str, int], kept: dict[Place, list[Attachment]]) -> list[Taken]:
    """Give those back their texts of which only people and subject had stayed, because who held them left.

    Returns them.
    """
    if not known:
        return []
    wanted = [held[one.parsed.key] for one in known]
    bare = Message.objects.filter(pk__in=wanted, text="", html="", snippet="")
    pks = set(bare.values_list("pk", flat=True))
    lacking = [one for one in known if held[one.parsed.key] in pks]
    for one in lacking:
        texts = {name: getattr(one.parsed, name) for name in ("text", "html", "snippet")}
        Message.objects.filter(pk=held[one.parsed.key]).update(**texts)
    _create_attachments(lacking, held, kept)
    return lacking


def _changed(taken: list[Taken], held: dict[str, int], whole: list[Taken]) -> list[int]:
    """The known messages that have more to be found by: a text again, or a Bcc that this copy shows."""
    brought = [
        one for one in taken if any(person.role == Participant.Role.BCC for person in one.parsed.people)
    ]
    return sorted({held[one.parsed.key] for one in (*whole, *brought) if one.parsed.key in held})


def _create_messages(new: list[Taken], own: Collection[str], account_id: int) -> None:
    threads, now = thread_ids(new, own, account_id), timezone.now()
    insert(
        Message,
        [*_SAME, "thread", "size", "recorded_at"],
        [(*_same(one.parsed), threads[one.parsed.key], one.detail.size, now) for one in new],
    )


def _create_people(new: list[Taken], made: dict[str, int], address_ids: dict[str, int]) -> None:
    insert(
        Participant,
        ["message", "address", "role", "name", "sent_at"],
        [
            (
                made[one.parsed.key],
                address_ids[person.address],
                person.role,
                person.name[:255],
                one.parsed.sent_at,
            )
            for one in new
            for person in one.parsed.people
            if person.role != Participant.Role.BCC
        ],
    )


def _create_attachments(new: list[Taken], made: dict[str, int], kept: dict[Place, list[Attachment]]) -> None:
    rows = []
    for one in new:
        for attachment in kept[one.place]:
            attachment.message_id = made[one.parsed.key]
            rows.append(attachment)
    Attachment.objects.bulk_create(rows, ignore_conflicts=True)
