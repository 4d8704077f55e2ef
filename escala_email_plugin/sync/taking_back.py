"""A mailbox that is let go of takes its consent along: the provider forgets it, too."""

from django.db.models import QuerySet
from django.views.decorators.debug import sensitive_variables

from ..models import EmailAccount
from ..servers.consent import Consent, withdraw
from ..servers.secrets import SecretUnreadable, decrypt


@sensitive_variables()
def take_back(account: EmailAccount) -> bool:
    """Take the consent of ``account`` back, with the secret it held when it was read; whether it is gone.

    Once, for a few seconds, after its row has forgotten it: whatever the provider does, we have no access
    any more. Not where another mailbox of ours is opened by a consent of the same person: Google takes back
    all of them at once.
    """
    others = _opened_alike(account.provider, account.username).exclude(pk=account.pk)
    if not account.secret or others.exists():
        return False
    try:
        return withdraw(account.provider, decrypt(account.secret))
    except SecretUnreadable:
        return False


@sensitive_variables()
def decline(consent: Consent) -> None:
    """Take back a consent that is not used, unless the same person's opens a mailbox of ours."""
    if not _opened_alike(consent.provider, consent.identity.username).exists():
        withdraw(consent.provider, consent.tokens.refresh)


def due() -> list[int]:
    """The accounts that nobody is connected to any more, and whose consent is still to be taken back."""
    return list(_left_behind().order_by("pk").values_list("pk", flat=True))


@sensitive_variables()
def let_go(account_id: int) -> bool:
    """Take the consent back that an owner who left gave, and forget it, whatever the provider does.

    Where a worker dies in between it is taken back twice, which harms nobody. Returns whether it is gone.
    """
    account = _left_behind().filter(pk=account_id).first()
    if account is None:
        return False
    gone = take_back(account)
    # Its owner may be back and have connected it anew meanwhile.
    _left_behind().filter(pk=account_id, secret=account.secret).update(secret="")
    return gone


def _left_behind() -> QuerySet[EmailAccount]:
    return EmailAccount.objects.filter(state=EmailAccount.State.DISCONNECTED).exclude(secret="")


def _opened_alike(provider: str, username: str) -> QuerySet[EmailAccount]:
    """Not those that nobody is connected to: they wait for the same."""
    alike = EmailAccount.objects.filter(provider=provider, username=username)
    return alike.exclude(secret="").exclude(state=EmailAccount.State.DISCONNECTED)
