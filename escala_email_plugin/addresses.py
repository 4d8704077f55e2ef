"""The ``Address`` rows behind canonical addresses."""

from collections.abc import Collection

from .batches import batches
from .models import Address

BATCH = 500


def known(values: Collection[str]) -> set[str]:
    """Those of ``values`` that are an address of one of the host's records, as of now."""
    found: set[str] = set()
    for batch in batches(values, BATCH):
        rows = Address.objects.filter(value__in=batch, records__isnull=False)
        found.update(rows.values_list("value", flat=True))
    return found


def ids(values: Collection[str]) -> dict[str, int]:
    """The ids of ``values``, rows made where they were missing. Safe with other writers."""
    found: dict[str, int] = {}
    for batch in batches(sorted(set(values)), BATCH):
        found.update(Address.objects.filter(value__in=batch).values_list("value", "pk"))
        missing = [Address(value=value) for value in batch if value not in found]
        if missing:
            Address.objects.bulk_create(missing, ignore_conflicts=True)
            new = [address.value for address in missing]
            found.update(Address.objects.filter(value__in=new).values_list("value", "pk"))
    return found


def lock(pks: Collection[int]) -> None:
    """Keep other writers off these addresses until the transaction ends.

    Always in the same order, so that two who lock many wait for one another in turn.
    NO KEY: others may go on pointing at these addresses meanwhile.
    """
    for batch in batches(sorted(set(pks)), BATCH):
        rows = Address.objects.select_for_update(no_key=True).filter(pk__in=batch)
        list(rows.order_by("pk").values_list("pk"))
