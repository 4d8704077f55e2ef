"""Who of us: a message is from us where it is from the address of a connected mailbox, in whatever state."""

from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from ..models import Address, EmailAccount, Participant
from ..readers import Reader


def our_addresses() -> list[int]:
    """The ids of the addresses of all mailboxes, those that were disconnected too. One query."""
    return list(our_rows())


def our_rows() -> QuerySet:
    """The same, for a query in which they stand."""
    mailboxes = EmailAccount.objects.values("address")
    return Address.objects.filter(value__in=mailboxes).values_list("pk", flat=True)


def from_us(addresses: Any, message: str = "pk") -> Exists:
    """Whether a message is from one of ``addresses`` (``our_addresses``, or ``our_rows``).

    ``message``: where the query around has its id.
    """
    # With "+ 0" a database asks the index for the senders, and not for each of our addresses.
    senders = _senders(message).alias(sender=F("address") + 0)
    return Exists(senders.filter(sender__in=addresses))


def addresses_known_to(reader: Reader) -> set[str]:
    """The addresses themselves, of which a reader knows without a query."""
    return {one.address for one in reader.accounts.values()}


def from_us_as_known_to(reader: Reader) -> Exists:
    """Whether a message is from one of them."""
    return Exists(_senders("pk").filter(address__value__in=sorted(addresses_known_to(reader))))


def _senders(message: str) -> QuerySet:
    return Participant.objects.filter(message=OuterRef(message), role=Participant.Role.FROM)
