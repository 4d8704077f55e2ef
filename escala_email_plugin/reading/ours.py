"""Who of us: a message is from us where it is from the address of a connected mailbox, in whatever state."""

from django.db.models import Exists, OuterRef

from ..models import Address, EmailAccount, Participant


def our_addresses() -> list[int]:
    """The ids of the addresses of all mailboxes, those that were disconnected too. One query."""
    mailboxes = EmailAccount.objects.values("address")
    return list(Address.objects.filter(value__in=mailboxes).values_list("pk", flat=True))


def from_us(addresses: list[int]) -> Exists:
    """Whether a message is from one of ``addresses`` (``our_addresses``)."""
    senders = Participant.objects.filter(message=OuterRef("pk"), role=Participant.Role.FROM)
    return Exists(senders.filter(address__in=addresses))
