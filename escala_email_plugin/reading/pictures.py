"""Whether the pictures of a message that lie outside are fetched by its reader's browser."""

from typing import Any

from django.core import signing

from ..models import Address, Message, ShownSender

#: Seconds for which "show once" counts: as long as a page takes to fetch what it just ordered.
ONCE = 60

_SALT = "escala_email.pictures"


def trusted_sender(message: Message) -> Address | None:
    """Whom "always from this sender" may be about: the only From address, where no name pretends another.

    None where several are said to have written it, or where the name shown is itself an address that
    is not the sender's.
    """
    senders = list(message.participants.filter(role="from").select_related("address")[:2])
    if len(senders) != 1 or _pretends(senders[0].name, senders[0].address.value):
        return None
    return senders[0].address


def _pretends(name: str, address: str) -> bool:
    words = (word.strip("\"'<>()[],;:") for word in name.lower().split())
    return any("@" in word and word != address for word in words)


def is_always_shown(user: Any, sender: Address | None) -> bool:
    """Whether ``user`` decided so."""
    return sender is not None and ShownSender.objects.filter(user=user.pk, address=sender).exists()


def always(user: Any, sender: Address) -> None:
    """From now on they are fetched, for this user."""
    ShownSender.objects.get_or_create(user=user, address=sender)


def stop(user: Any, sender: Address) -> None:
    """Not any more."""
    ShownSender.objects.filter(user=user, address=sender).delete()


def once(user: Any, message: Message) -> str:
    """A token that lets them through for this user and message, and not for long.

    So no address that somebody made up, in a mail or elsewhere, has pictures fetched.
    """
    return signing.dumps([user.pk, message.pk], salt=_SALT)


def is_once(token: str, user: Any, message: Message) -> bool:
    """Whether ``token`` is one of ``once``, for them and young enough."""
    try:
        return signing.loads(token, salt=_SALT, max_age=ONCE) == [user.pk, message.pk]
    except signing.BadSignature:
        return False
