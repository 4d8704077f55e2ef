"""How many stored messages an entry touches: those in which somebody takes part whom it means."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice

from django.db.models import Exists, OuterRef

from .. import addresses
from ..batches import batches
from ..mail.patterns import Patterns
from ..models import EmailAccount, Location, Participant
from ..sync.holdings import MOST
from ..visibility import CORRESPONDENTS

#: Addresses in one statement, and of how many the mail is counted.
BATCH, ADDRESSES = 500, 5_000


@dataclass(frozen=True)
class Touched:
    """``is_more``: not everything was looked at, so there are at least so many."""

    messages: int
    is_more: bool


def touched(patterns: Collection[str], account: EmailAccount | None) -> Touched:
    """In how many messages stored in the account (None: in any) somebody takes part whom ``patterns`` mean.

    Counted up to a bound.
    """
    whom = list(islice(addresses.matching(Patterns(patterns)), ADDRESSES + 1))
    places = Location.objects.filter(message=OuterRef("message"))
    if account is not None:
        places = places.filter(account=account)
    found: set[int] = set()
    for some in batches(whom[:ADDRESSES], BATCH):
        people = Participant.objects.filter(Exists(places), address__in=some, role__in=CORRESPONDENTS)
        found.update(people.values_list("message", flat=True).distinct()[: MOST + 1 - len(found)])
        if len(found) > MOST:
            return Touched(MOST, is_more=True)
    return Touched(len(found), is_more=len(whom) > ADDRESSES)
