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


def _opened_alike(provider: str, username: str) -> QuerySet[EmailAccount]:
    return EmailAccount.objects.filter(provider=provider, username=username).exclude(secret="")
