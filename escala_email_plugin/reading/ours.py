"""Who of us: a message is from us where it is from the address of a connected mailbox, in whatever state."""

from django.db.models import Exists, OuterRef

from ..models import Participant
from ..readers import Reader


def our_addresses(reader: Reader) -> set[str]:
    """The addresses of all mailboxes, those that were disconnected too."""
    return {one.address for one in reader.accounts.values()}


def from_us(reader: Reader) -> Exists:
    """Whether a message is from one of them."""
    senders = Participant.objects.filter(message=OuterRef("pk"), role=Participant.Role.FROM)
    return Exists(senders.filter(address__value__in=sorted(our_addresses(reader))))
