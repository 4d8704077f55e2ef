"""Who is to be erased.

The ``Address`` row is what carries the address to the worker: an ``Erasure`` cannot tell it, and what is
ordered and logged must not.
"""

from dataclasses import dataclass

from django.utils.functional import cached_property

from ..mail.redact import Redactor
from ..models import Address, Erasure, Participant
from ..sync import erased

#: Names of one person that are read; of those some are looked for (``mail.redact``).
NAMES = 1_000


@dataclass(frozen=True)
class Person:
    """``pk``, ``address``: of the row in ``Address``; ``names``: as they were shown, when this began."""

    pk: int
    address: str
    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, row: Address) -> "Person":
        """The person with the names of now."""
        names = Participant.objects.filter(address=row).exclude(name="").order_by()
        return cls(row.pk, row.value, tuple(names.values_list("name", flat=True).distinct()[:NAMES]))

    @cached_property
    def redactor(self) -> Redactor:
        """Takes address and names out, of what the person took part in."""
        return Redactor([self.address], self.names)

    @cached_property
    def by_address(self) -> Redactor:
        """Takes the address out alone, where the same name may be another's."""
        return Redactor([self.address])

    def __repr__(self) -> str:
        return f"Person({self.pk})"


def person_of(erasure: Erasure) -> Person | None:
    """Whom the erasure is about; None where nothing of the address is left. Raises KeyLost.

    Every address is hashed: a second for a million of them, and an erasure is rare.
    """
    is_it = erased.matcher(erasure.digest)
    for row in Address.objects.only("value").order_by("-pk").iterator(chunk_size=2_000):
        if is_it(row.value):
            return Person.of(row)
    return None
