"""The ``Address`` rows behind canonical addresses."""

import random
import time
from collections.abc import Collection, Iterator

from django.db import OperationalError, connection, transaction

from .among import among
from .batches import batches
from .mail.patterns import Patterns
from .models import Address, RecordAddress

BATCH = 500

#: Rows read at once by who looks at all of them.
STRIDE = 10_000

#: Where the records have no more addresses than are asked about, and so many are, all of theirs are read:
#: to tell a database so many takes longer.
MANY = 100

#: Seconds a worker waits for addresses that others hold: less than a lease, even if tried three times.
PATIENCE = 10

#: Seconds between two looks whether they are free.
LOOK_AGAIN = (0.01, 0.05)


def known(values: Collection[str]) -> set[str]:
    """Those of ``values`` that are an address of one of the host's records, as of now."""
    held = RecordAddress.objects.order_by().values_list("address__value", flat=True).distinct()
    if len(values) >= MANY and len(all_of_them := set(held[: len(values) + 1])) <= len(values):
        return all_of_them.intersection(values)
    found: set[str] = set()
    for batch in batches(values, BATCH):
        rows = Address.objects.filter(value__in=batch, records__isnull=False)
        found.update(rows.values_list("value", flat=True))
    return found


def ids(values: Collection[str]) -> dict[str, int]:
    """The ids of ``values``, rows made where they were missing. Safe with other writers."""
    found: dict[str, int] = {}
    for batch in batches(sorted(set(values)), BATCH):
        found.update(among(Address, ("value", "id"), "value", batch))
        missing = [Address(value=value) for value in batch if value not in found]
        if missing:
            Address.objects.bulk_create(missing, ignore_conflicts=True)
            new = [address.value for address in missing]
            found.update(among(Address, ("value", "id"), "value", new))
    return found


def matching(patterns: Patterns) -> Iterator[int]:
    """The ids of the addresses that ``patterns`` mean, in bounded memory.

    Without domains among them by the index. With some, every address is looked at, half a second a million.
    """
    if not len(patterns):
        return
    if not patterns.has_domains:
        for batch in batches(patterns.wholes, BATCH):
            yield from (pk for (pk,) in among(Address, ("id",), "value", batch))
        return
    rows = Address.objects.order_by("pk").values_list("pk", "value")
    last = 0
    while some := list(rows.filter(pk__gt=last)[:STRIDE]):
        yield from (pk for pk, value in some if value in patterns)
        last = some[-1][0]


def lock(pks: Collection[int], nowait: bool = False) -> None:
    """Keep other writers off these addresses until the transaction ends. For the host's transactions.

    Always in the same order, so that two who lock many wait for one another in turn.
    NO KEY: others may go on pointing at these addresses meanwhile. A database that locks no rows lets only
    one transaction write anyway.
    """
    if not connection.features.has_select_for_update:
        return
    for batch in batches(sorted(set(pks)), BATCH):
        rows = Address.objects.select_for_update(no_key=True, nowait=nowait).filter(pk__in=batch)
        list(rows.order_by("pk").values_list("pk"))


def lock_yielding(pks: Collection[int]) -> None:
    """As ``lock``, for a worker's transactions: all at once, or none while it waits.

    The host locks addresses in an order of its own. Who waits for it and holds what it wants next
    makes the database end one of the two, and that must not be somebody who saves a contact.
    Raises OperationalError where they were not free for ``PATIENCE`` seconds.
    """
    nowait = connection.features.has_select_for_update_nowait
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with transaction.atomic():
                return lock(pks, nowait)
        except OperationalError:
            if time.monotonic() > deadline:
                raise
        time.sleep(random.uniform(*LOOK_AGAIN))  # noqa: S311 (jitter, not a secret)
