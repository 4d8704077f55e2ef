"""How much goes with a mailbox: what no other mailbox holds. Counted up to a bound."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Sum

from ..models import Attachment, EmailAccount, Location, Message
from .places import going_with

#: Places that are looked at; who has more reads "more than".
MOST = 20_000


@dataclass(frozen=True)
class Holdings:
    """``messages`` only this account holds, and the ``bytes`` of their attachments.

    ``is_more``: there are more places than were looked at, so both are at least that.
    """

    messages: int
    bytes: int
    is_more: bool


def holdings(account: EmailAccount) -> Holdings:
    """What would go with the account, in a few queries whose cost is bounded."""
    its = going_with(account)
    places = Location.objects.filter(its).order_by("pk")
    elsewhere = Location.objects.filter(message=OuterRef("pk")).exclude(its)
    alone = Message.objects.filter(~Exists(elsewhere), pk__in=places.values("message")[:MOST])
    files = Attachment.objects.filter(message__in=alone).order_by().values("file", "size").distinct()
    return Holdings(
        messages=alone.count(),
        bytes=files.aggregate(total=Sum("size"))["total"] or 0,
        is_more=places[MOST : MOST + 1].exists(),
    )
