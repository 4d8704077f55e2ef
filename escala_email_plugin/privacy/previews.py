"""What the results of runs tell of an address: a preview's senders, a stopped check's tallies."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from ..models import Run
from .person import Person


def naming(person: Person, after: int = 0) -> Iterator[int]:
    """The runs in whose result the address stands."""
    rows = Run.objects.exclude(result={}).order_by("pk")
    while (found := rows.filter(pk__gt=after).values_list("pk", "result").first()) is not None:
        after, result = found
        if without(result, person.address) != result:
            yield after


def take_out(pk: int, person: Person) -> Counter[str]:
    """Take it out of a run's result."""
    run = Run.objects.select_for_update().filter(pk=pk).first()
    if run is not None:
        Run.objects.filter(pk=pk).update(result=without(run.result, person.address))
    return Counter()


def without(value: Any, address: str) -> Any:
    """JSON without what stands under the address, and without each line of a list that is about it."""
    if isinstance(value, dict):
        return {key: without(one, address) for key, one in value.items() if key != address}
    if isinstance(value, list):
        return [without(one, address) for one in value if not _is_about(one, address)]
    return value


def _is_about(value: Any, address: str) -> bool:
    return value == address or (isinstance(value, dict) and address in value.values())
