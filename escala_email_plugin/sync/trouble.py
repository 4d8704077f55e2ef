"""What a failure means for an account: its state, and when it is tried again.

Only an explicit refusal asks the owner to reconnect. Silence, time-outs and
throttling are waited out, each with a back-off of its own and jitter.
"""

from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from ..models import EmailAccount
from ..servers.imap import ImapError, ProtocolTrouble, Refused, Throttled
from ..servers.secrets import SecretUnreadable
from . import polling
from .budget import OverBudget

#: Not the server's fault; the traceback is in the log.
OUR_FAULT = "internal"

#: The first and the longest pause, by what went wrong.
PAUSES: list[tuple[type[Exception], timedelta, timedelta]] = [
    # The provider asks for peace: it gets more of it than a network that is down.
    (Throttled, timedelta(minutes=5), timedelta(hours=4)),
    (ProtocolTrouble, timedelta(minutes=2), timedelta(hours=2)),
    # The network, and certificates that somebody is about to mend.
    (ImapError, timedelta(minutes=1), timedelta(hours=1)),
    # Ours: it will fail again until somebody mends it.
    (Exception, timedelta(minutes=5), timedelta(hours=6)),
]

_ALIVE = (EmailAccount.State.CONNECTED, EmailAccount.State.WAITING)


def succeeded(account: EmailAccount, announced: datetime | None = None) -> bool:
    """The account was synchronised to the end; returns whether new mail was announced after ``announced``."""
    now = timezone.now()
    rows = EmailAccount.objects.filter(pk=account.pk, state__in=_ALIVE)
    rows.update(last_success=now, next_try=now + polling.pause(account, now), **_WELL)
    rows.filter(wanted_at=announced).update(wanted_at=None)
    return rows.filter(wanted_at__isnull=False).exists()


def paused(account: EmailAccount) -> None:
    """Nothing is wrong, and there is more to read: it is due again at once."""
    EmailAccount.objects.filter(pk=account.pk, state__in=_ALIVE).update(
        wanted_at=timezone.now(), next_try=None, **_WELL
    )


def recovered(account: EmailAccount) -> None:
    """The server answered all that was asked, which was not a synchronisation."""
    EmailAccount.objects.filter(pk=account.pk, state__in=_ALIVE).update(next_try=None, **_WELL)


def failed(account: EmailAccount, error: Exception) -> str:
    """Note what went wrong; returns its code."""
    code = getattr(error, "code", OUR_FAULT)
    change = {"failures": F("failures") + 1, "state": EmailAccount.State.WAITING}
    if isinstance(error, Refused | SecretUnreadable):
        change |= {"state": EmailAccount.State.RECONNECT, "next_try": None}
    elif isinstance(error, OverBudget):
        # Nothing is wrong with the account: it goes on with the next hour.
        pause = timedelta(seconds=error.retry_after)
        change = {"state": EmailAccount.State.CONNECTED, "next_try": timezone.now() + pause}
    else:
        change["next_try"] = timezone.now() + _pause(account, error)
    EmailAccount.objects.filter(pk=account.pk, state__in=_ALIVE).update(trouble=code, **change)
    return code


_WELL = {"state": EmailAccount.State.CONNECTED, "trouble": "", "failures": 0}


def _pause(account: EmailAccount, error: Exception) -> timedelta:
    asked = getattr(error, "retry_after", None) if isinstance(error, ImapError) else None
    if asked:
        return timedelta(seconds=asked)
    first, longest = next((first, longest) for kind, first, longest in PAUSES if isinstance(error, kind))
    return polling.jittered(min(first * 2 ** min(account.failures, 10), longest))
