"""Erase a person: all mail of an address goes, or is redacted where another contact takes part in it.

``order`` writes the hash first, and from its commit on no sync stores mail of the address any more: it asks
again with the address locked. Then ``erase`` locks the address once, so that whoever was storing is done, and
walks over the traces in batches, each a transaction with the row of the ``Erasure`` locked: two at once take
turns, and a worker that dies leaves less to do. Last, the address itself goes, unless a record holds it.
"""

import math
import time
from collections import Counter
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from .. import addresses
from ..models import Address, EmailAccount, Erasure, RecordAddress
from ..sync import erased
from ..sync.capture.address import of_everyone
from ..sync.persistence import persistently
from .person import Person, person_of
from .traces import TRACES, Step

#: The key of a report under which it stands how far the work is.
AT = "at"

#: What a report counts, in this order. Messages: ``removed`` and ``redacted``; of mailboxes: ``places``.
COUNTED = (
    *("removed", "redacted", "places", "attachments", "set_aside"),
    *("requests", "grants", "rules", "searches", "tallies", "senders"),
)

#: Nobody can be about to point at a row of an address for longer.
PAUSE = timedelta(days=1)

#: Ends the name of an address that was taken off its row (RFC 6761 6.4).
NOWHERE = "@erased.invalid"


class OwnMailbox(ValueError):
    """The address is that of a mailbox here, or of who captures mail, in all of whose mail it stands."""


class StillErasing(Exception):
    """Nobody can be let in again before all is gone."""


def order(people: Collection[str], user: Any = None) -> list[Erasure]:
    """From now on nothing of these canonical addresses is brought in; ``erase`` removes what there is.

    Who was erased before is looked for anew. Raises OwnMailbox and KeyLost.
    """
    # Not of rows that stand for no mailbox: theirs is what a login had once, whatever that was.
    mailboxes = EmailAccount.objects.exclude(imap_host="").filter(address__in=people)
    if mailboxes.exists() or not of_everyone().isdisjoint(people):
        raise OwnMailbox
    digests = {erased.digest(one) for one in people}
    with transaction.atomic():
        addresses.ids(people)  # what carries the addresses to the worker
        # In one order: two who name the same people would wait for one another.
        return [_ordered(digest, user) for digest in sorted(digests)]


def _ordered(digest: str, user: Any) -> Erasure:
    row, made = Erasure.objects.get_or_create(digest=digest, lifted_at=None, defaults={"erased_by": user})
    if not made:
        row = erased.standing().select_for_update().filter(pk=row.pk).first()
        if row is None:  # lifted in this moment
            return _ordered(digest, user)
        row.finished_at, row.report = None, {**row.report, AT: ["", 0]}
        row.save(update_fields=["finished_at", "report"])
    return row


def report(row: Erasure) -> dict[str, Any]:
    """What can be kept of an erasure: when, by whom, and how many of what. Not whose mail it was."""
    return {
        "erasure": row.pk,
        "ordered_at": row.erased_at.isoformat(),
        "finished_at": row.finished_at.isoformat() if row.finished_at else None,
        "ordered_by": row.erased_by.get_username() if row.erased_by else None,
        "allowed_again_at": row.lifted_at.isoformat() if row.lifted_at else None,
        "allowed_again_by": row.lifted_by.get_username() if row.lifted_by else None,
        "counts": {name: row.report.get(name, 0) for name in COUNTED},
    }


def due() -> list[int]:
    """The erasures that are not finished."""
    return list(Erasure.objects.filter(finished_at=None).order_by("erased_at").values_list("pk", flat=True))


def erase(erasure_id: int, shift: float | None = None) -> bool:
    """Remove what was ordered to go; returns whether it came to the end. After ``shift`` seconds it stops
    where it is. Safe beside others who do the same, and beside every sync. Raises KeyLost.
    """
    erasure = Erasure.objects.filter(pk=erasure_id, finished_at=None).first()
    if erasure is None:
        return False
    person = person_of(erasure)
    end = time.monotonic() + (math.inf if shift is None else shift)
    if person is not None:
        persistently(lambda: _let_others_finish(person))
        if not _walk(erasure, person, end):
            return False
    return persistently(lambda: _finish(erasure, person))


def _let_others_finish(person: Person) -> None:
    """Whoever asked before the erasure was ordered, and stores now, holds the address until it is stored."""
    with transaction.atomic():
        addresses.lock_yielding([person.pk])


def _walk(erasure: Erasure, person: Person, end: float) -> bool:
    name, after = erasure.report.get(AT, ["", 0])
    names = list(TRACES)
    for one in names[names.index(name) if name in TRACES else 0 :]:
        for step in TRACES[one](person, after if one == name else 0):
            if not persistently(lambda one=one, step=step: _take(erasure.pk, one, step)):
                return False
            if time.monotonic() > end:
                return False
    return True


def _take(erasure_id: int, name: str, step: Step) -> bool:
    """One step; False where somebody came to the end meanwhile."""
    with transaction.atomic():
        row = Erasure.objects.select_for_update().filter(pk=erasure_id, finished_at=None).first()
        if row is None:
            return False
        row.report = {**_added(row.report, step.act()), AT: [name, step.at]}
        row.save(update_fields=["report"])
    return True


def _added(report: dict[str, Any], done: Counter[str]) -> dict[str, int]:
    counted = Counter({name: number for name, number in report.items() if name != AT})
    counted.update(done)
    return dict(+counted)


def _finish(erasure: Erasure, person: Person | None) -> bool:
    """False where there is something again, or somebody else came to the end."""
    with transaction.atomic():
        row = Erasure.objects.select_for_update().filter(pk=erasure.pk, finished_at=None).first()
        if row is None:
            return False
        if person is not None and not _let_go(person.pk):
            row.report.pop(AT, None)
            row.save(update_fields=["report"])
            return False
        row.report, row.finished_at = _added(row.report, Counter()), timezone.now()
        row.save(update_fields=["report", "finished_at"])
    return True


def _let_go(pk: int) -> bool:
    """Take the address off its row, unless a record of the host's holds it. False where mail has it again.

    The row stays for a day: whoever has just read its number points at a row that is there.
    """
    addresses.lock_yielding([pk])
    row = Address.objects.filter(pk=pk)
    if row.filter(participants__isnull=False).exists():
        return False
    row.update(sought=False)
    if not RecordAddress.objects.filter(address=pk).exists():
        row.update(value=f"{pk}{NOWHERE}", left_at=timezone.now())
    return True


def find(address: str) -> Erasure | None:
    """The erasure of a canonical address, else the last one that was lifted. Raises KeyLost."""
    if not Erasure.objects.exists():
        return None
    rows = Erasure.objects.filter(digest=erased.digest(address))
    return rows.order_by(F("lifted_at").desc(nulls_first=True)).first()


def allow_again(address: str, user: Any = None) -> bool:
    """Bring in mail of the address again, and have the earlier one looked for where it is a record's;
    returns whether it had been erased. The row and its report stay. Raises StillErasing and KeyLost.
    """
    with transaction.atomic():
        row = find(address)
        row = row and erased.standing().select_for_update().filter(pk=row.pk).first()
        if row is None:
            return False
        if row.finished_at is None:
            raise StillErasing
        row.lifted_at, row.lifted_by = timezone.now(), user
        row.save(update_fields=["lifted_at", "lifted_by"])
        held = Address.objects.filter(value=address, records__isnull=False)
        Address.objects.filter(pk__in=list(held.values_list("pk", flat=True))).update(
            sought=True, left_at=None
        )
    return True


def tidy() -> None:
    """Take erased addresses off the rows that a record of the host's held until it let go of them, and remove
    the rows from which they were taken. Raises KeyLost.

    Not those of who is still being erased: their row is all that tells the worker whom it is about.
    """
    unused = Address.objects.filter(participants=None, records=None)
    old = unused.filter(Q(left_at=None) | Q(left_at__lt=timezone.now() - PAUSE), value__endswith=NOWHERE)
    Address.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
    gone = erased.finished()
    if gone:
        rows = unused.exclude(value__endswith=NOWHERE).values_list("pk", "value")
        for pk in [pk for pk, value in rows.iterator(chunk_size=2_000) if value in gone]:
            with transaction.atomic():
                _let_go(pk)
