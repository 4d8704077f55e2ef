"""Try a connected account's servers with what is stored of it."""

from django.views.decorators.debug import sensitive_variables

from ..models import EmailAccount
from ..servers.probe import Step, probe
from .credentials import credentials_of
from .mailbox import server_of, smtp_server_of


@sensitive_variables()
def tried(account: EmailAccount) -> list[Step]:
    """How each step went; reads no message and changes nothing. Raises as ``credentials_of`` does."""
    servers = server_of(account), smtp_server_of(account)
    return list(probe(*servers, credentials_of(account), account.address))
