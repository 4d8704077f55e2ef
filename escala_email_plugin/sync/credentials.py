"""What opens an account's mailbox: its password, or the access token its provider gave."""

from datetime import timedelta

from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from ..models import EmailAccount
from ..servers.credentials import Credentials
from ..servers.imap import ImapError
from ..servers.secrets import SecretUnreadable, decrypt

#: A token is not used in its last seconds: it would end between here and the server.
MARGIN = timedelta(seconds=20)


class TokenStale(ImapError):
    """The access token has ended and is to be renewed first. It waits; nothing is wrong."""

    def __init__(self, account: EmailAccount) -> None:
        super().__init__("token_stale", host=account.imap_host)


@sensitive_variables()
def credentials_of(account: EmailAccount) -> Credentials:
    """Asks nobody. Raises SecretUnreadable for a password, and TokenStale for a token that ``sync.token``
    must renew first.
    """
    if not account.provider:
        return Credentials(account.username, decrypt(account.secret))
    try:
        if is_fresh(account):
            return Credentials(account.username, decrypt(account.access), "xoauth2")
    except SecretUnreadable:  # the refresh token may be under another key, and brings another
        pass
    raise TokenStale(account)


def is_fresh(account: EmailAccount, for_another: timedelta = MARGIN) -> bool:
    """Whether the account's access token will be good ``for_another`` while."""
    ends = account.access_ends
    return bool(account.access) and ends is not None and ends > timezone.now() + for_another
