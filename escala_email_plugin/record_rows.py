"""Writes the ``RecordAddress`` rows, and marks the addresses that come to the records and that leave them.

All of it happens in the host's own transaction: an address that comes is *sought* (the earlier mail
with it is still to be looked for), one that leaves says when. What costs a query is done only where a row
changes, and for a whole batch at once.
"""

from collections.abc import Collection

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from . import addresses, worker
from .batches import batches
from .models import Address, RecordAddress, RecordThread, Visit

BATCH = 500

#: What somebody chose about a record, or saw of it: it goes with the record.
CHOSEN = (RecordThread, Visit)


def add(content_type: ContentType, pairs: Collection[tuple[str, str]]) -> None:
    """Give records addresses: ``(object_id, canonical address)``. Call it in a transaction."""
    ids = addresses.ids({value for _, value in pairs})
    for batch in batches(ids.values(), BATCH):
        _come(set(batch) - _recorded(batch))
    RecordAddress.objects.bulk_create(
        [
            RecordAddress(content_type=content_type, object_id=object_id, address_id=ids[value])
            for object_id, value in pairs
        ],
        ignore_conflicts=True,
    )


def drop(rows: QuerySet[RecordAddress]) -> int:
    """Remove ``rows``, a bounded number in each transaction; returns how many."""
    dropped = 0
    while some := dict(rows.values_list("pk", "address")[:BATCH]):
        with transaction.atomic():
            # Of two who take an address's last two records, the second must see what the first did.
            addresses.lock(some.values())
            RecordAddress.objects.filter(pk__in=some).delete()
            _leave(set(some.values()) - _recorded(some.values()))
        dropped += len(some)
    return dropped


def drop_what_was_chosen(content_type: ContentType, object_ids: Collection[str]) -> None:
    """Remove what is held in ``CHOSEN`` about records that are gone."""
    for model in CHOSEN:
        model.objects.filter(content_type=content_type, object_id__in=object_ids).delete()


def _recorded(pks: Collection[int]) -> set[int]:
    """Those of these addresses that a record has."""
    rows = RecordAddress.objects.filter(address__in=list(pks))
    return set(rows.values_list("address", flat=True).distinct())


def _come(pks: Collection[int]) -> None:
    if not pks:
        return
    # Whoever marked one that still is has told the worker; so a flood of records orders the search once.
    told = Address.objects.filter(sought=True).exists()
    addresses.lock(pks)
    Address.objects.filter(pk__in=pks).update(sought=True, left_at=None)
    if not told:
        transaction.on_commit(worker.look_for_earlier_mail, robust=True)


def _leave(pks: Collection[int]) -> None:
    if pks:
        Address.objects.filter(pk__in=pks).update(sought=False, left_at=timezone.now())
