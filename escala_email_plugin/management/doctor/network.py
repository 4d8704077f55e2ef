"""Logging in to every mailbox's servers, one after another."""

import time
from collections.abc import Iterator

from django.views.decorators.debug import sensitive_variables

from ...models import EmailAccount
from ...servers.probe import Step, probe
from ...servers.secrets import SecretUnreadable
from ...sync.credentials import TokenStale, credentials_of
from ...sync.mailbox import server_of, smtp_server_of
from .finding import Finding, Level

#: Seconds after which no further step is begun for an account.
PATIENCE = 90


def servers() -> Iterator[Finding]:
    """One line for each connected account. One that must be connected again is not tried: every refused
    login brings it nearer to being locked.
    """
    accounts = EmailAccount.objects.exclude(state=EmailAccount.State.DISCONNECTED).order_by("pk")
    for account_id in list(accounts.values_list("pk", flat=True)):
        account = accounts.filter(pk=account_id).first()
        if account is None:
            continue
        if account.state == EmailAccount.State.RECONNECT:
            says = f"{account.address}: not tried, because it must be connected again first."
            yield Finding("servers", Level.ADVICE, says, account=account.pk)
        else:
            yield _tried(account)


def _tried(account: EmailAccount) -> Finding:
    until = time.monotonic() + PATIENCE
    try:
        for step in _steps(account):
            if step.ok is False:
                says = f"{account.address}: {step.name}: {step.sentence}"
                return Finding("servers", Level.WRONG, says, account=account.pk)
            if time.monotonic() > until:
                says = f"{account.address}: its servers answer too slowly to be tried to the end."
                return Finding("servers", Level.UNKNOWN, says, account=account.pk)
    except (SecretUnreadable, TokenStale) as error:
        return Finding("servers", Level.WRONG, f"{account.address}: {error}", account=account.pk)
    except Exception as error:  # the others are tried all the same
        says = f"{account.address}: could not be tried: {type(error).__name__}."
        return Finding("servers", Level.UNKNOWN, says, account=account.pk)
    says = f"{account.address}: IMAP and SMTP took the login."
    return Finding("servers", Level.OK, says, account=account.pk)


@sensitive_variables()
def _steps(account: EmailAccount) -> Iterator[Step]:
    """Raises SecretUnreadable, and TokenStale where the worker must renew the access first."""
    return probe(server_of(account), smtp_server_of(account), credentials_of(account), account.address)
