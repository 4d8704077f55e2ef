"""Messages that were set aside with their bytes, which nobody could read: they go, or stay as they are."""

from collections.abc import Collection, Iterator

from django.db.models import BinaryField, QuerySet
from django.db.models.functions import Substr

from ..models import Quarantined
from ..sync import people as headers
from .person import Person

#: Bytes of each that are looked at: more than headers may have.
HEAD = 2**20


def naming(people: Collection[Person], after: int = 0) -> Iterator[int]:
    """The rows whose beginning names one of them: in an address field, or with the address as it is."""
    rows = Quarantined.objects.exclude(raw=None).order_by("pk")
    head = Substr("raw", 1, HEAD, output_field=BinaryField())
    while (
        found := rows.filter(pk__gt=after).annotate(head=head).values_list("pk", "head").first()
    ) is not None:
        after, raw = found[0], bytes(found[1] or b"")
        told, named = raw.lower(), headers.named(raw)
        if any(one.address.encode() in told or one.address in named for one in people):
            yield after


def row(pk: int) -> QuerySet:
    """The row, to be removed. What it was is at the server, and decided about anew."""
    return Quarantined.objects.filter(pk=pk)
