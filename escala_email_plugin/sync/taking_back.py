"""A mailbox that is let go of takes its consent along: the provider forgets it, too."""

from django.views.decorators.debug import sensitive_variables

from ..models import EmailAccount
from ..servers.consent import withdraw
from ..servers.secrets import SecretUnreadable, decrypt


@sensitive_variables()
def take_back(account: EmailAccount) -> bool:
    """Take the consent of ``account`` back, with the secret it held when it was read; whether it is gone.

    Once, for a few seconds, after its row has forgotten it: whatever the provider does, we have no access
    any more. Not where another mailbox of ours is opened by a consent of the same person: Google takes back
    all of them at once.
    """
    alike = EmailAccount.objects.filter(provider=account.provider, username=account.username)
    if not account.secret or alike.exclude(secret="").exclude(pk=account.pk).exists():
        return False
    try:
        return withdraw(account.provider, decrypt(account.secret))
    except SecretUnreadable:
        return False
