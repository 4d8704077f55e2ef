"""What a failure means for an account: its state, and when it is tried again.

Only an explicit refusal asks the owner to reconnect. Silence, time-outs and
throttling are waited out, with back-off and jitter.
"""

import random
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from ..models import EmailAccount
from ..servers.imap import ImapError, Refused
from ..servers.secrets import SecretUnreadable

FIRST_PAUSE = timedelta(seconds=60)
LONGEST_PAUSE = timedelta(hours=1)

#: Not the server's fault; the traceback is in the log.
OUR_FAULT = "internal"


def succeeded(account: EmailAccount) -> None:
    """The account was synchronised to the end."""
    EmailAccount.objects.filter(pk=account.pk, state__in=_ALIVE).update(
        state=EmailAccount.State.CONNECTED,
        trouble="",
        failures=0,
        next_try=None,
        last_success=timezone.now(),
    )


def recovered(account: EmailAccount) -> None:
    """The server answered all that was asked, which was not a synchronisation."""
    EmailAccount.objects.filter(pk=account.pk, state__in=_ALIVE).update(
        state=EmailAccount.State.CONNECTED, trouble="", failures=0, next_try=None
    )


def failed(account: EmailAccount, error: Exception) -> str:
    """Note what went wrong; returns its code."""
    code = getattr(error, "code", OUR_FAULT)
    if isinstance(error, Refused | SecretUnreadable):
        change = {"state": EmailAccount.State.RECONNECT, "next_try": None}
    else:
        asked = getattr(error, "retry_after", None) if isinstance(error, ImapError) else None
        pause = timedelta(seconds=asked) if asked else _pause(account.failures)
        change = {"state": EmailAccount.State.WAITING, "next_try": timezone.now() + pause}
    EmailAccount.objects.filter(pk=account.pk, state__in=_ALIVE).update(
        trouble=code, failures=F("failures") + 1, **change
    )
    return code


_ALIVE = (EmailAccount.State.CONNECTED, EmailAccount.State.WAITING)


def _pause(failures: int) -> timedelta:
    pause = min(FIRST_PAUSE * 2 ** min(failures, 10), LONGEST_PAUSE)
    return pause * random.uniform(0.75, 1.25)  # noqa: S311 (jitter, not a secret)
