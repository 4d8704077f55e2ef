"""Who is no contact, for anybody or for one mailbox.

For anybody: no record is linked by the address, whatever its fields hold. For one mailbox: its copies
belong to no record by that address, and those of others do.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from .batches import batches
from .mail.patterns import Patterns, candidates
from .models import Address, Rule

#: Entries asked about in one statement, and beyond how many addresses all entries are read instead.
BATCH, MANY = 500, 100


def common() -> Patterns:
    """The organisation's list."""
    return Patterns(_common().values_list("pattern", flat=True))


def among(addresses: Collection[str]) -> frozenset[str]:
    """Those of the canonical ``addresses`` that are no contact for anybody. One query for few of them."""
    if len(addresses) > MANY:
        return common().among(addresses)
    entries = _meaning(_common(), addresses, "pattern")
    return Patterns(pattern for (pattern,) in entries).among(addresses)


def are_said() -> bool:
    """Whether any mailbox says of anybody that it is no contact; cheap."""
    return _own().exists()


def said_of(addresses: Any) -> dict[frozenset[int], list[int]]:
    """Those of ``addresses`` (ids, or a queryset of them) that are no contact for some mailboxes.

    Accounts' ids → these addresses' ids.
    """
    values = dict(Address.objects.filter(pk__in=addresses).values_list("pk", "value"))
    lists: dict[int, list[str]] = defaultdict(list)
    for account, pattern in _meaning(_own(), values.values(), "account", "pattern"):
        lists[account].append(pattern)
    patterns = {account: Patterns(entries) for account, entries in lists.items()}
    found: dict[frozenset[int], list[int]] = defaultdict(list)
    for pk, value in values.items():
        if accounts := frozenset(account for account, one in patterns.items() if value in one):
            found[accounts].append(pk)
    return found


def _meaning(rows: QuerySet[Rule], addresses: Collection[str], *names: str) -> list[tuple[Any, ...]]:
    """The fields ``names`` of those of ``rows`` that mean one of ``addresses``."""
    wanted = {pattern for one in addresses for pattern in candidates(one)}
    found: list[tuple[Any, ...]] = []
    for some in batches(wanted, BATCH):
        found += rows.filter(pattern__in=some).values_list(*names)
    return found


def _common() -> QuerySet[Rule]:
    return Rule.objects.filter(account=None, kind=Rule.Kind.NOT_CONTACT)


def _own() -> QuerySet[Rule]:
    return Rule.objects.filter(account__isnull=False, kind=Rule.Kind.NOT_CONTACT)
