"""Every transition of ``EmailAccount.state``, each with its rule. Nobody else writes it.

*connected*
    The provider answered the last time it was asked. So begins what is connected, or connected again.
*waiting for the provider*
    The last try failed, and time may mend it: no answer, a certificate, throttling, a server that offers no
    login just now, nonsense, a fault of ours. ``next_try`` says when it is tried again (``trouble.pause``).
*reconnect needed*
    The provider refused what proves who we are (``Refused``, ``SmtpRefused``), or no key reads it
    (``SecretUnreadable``). One refusal is enough. A provider in trouble says so, by RFC 5530's UNAVAILABLE,
    SERVERBUG, INUSE and LIMIT or by words of its own, and that is waited out; to hear "no" to the same
    password again is how accounts get locked. Nothing is tried any more until its owner, who is told once,
    connects it.
*disconnected*
    Somebody said so, or its owner left. The secrets are gone; what was recorded stays.

A worker's report moves only what is at work: it never brings back what was disconnected meanwhile, nor takes
an account out of *reconnect needed*. ``state_since`` changes only with the state.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, TextField, Value, When
from django.utils import timezone

from .. import signals
from ..models import EmailAccount
from ..servers.errors import Refused, SmtpRefused
from ..servers.secrets import SecretUnreadable
from . import gap, polling, trouble
from .budget import OverBudget
from .lease import AT_WORK

State = EmailAccount.State

#: Only its owner can mend these.
REFUSALS = (Refused, SmtpRefused, SecretUnreadable)

#: The columns of an account that no provider's consent opens.
NO_CONSENT = {"access": "", "access_ends": None, "granted_at": None, "grant_ends": None}

_WELL = {"trouble": "", "failures": 0}


def succeeded(account: EmailAccount, announced: datetime | None = None) -> bool:
    """The account was synchronised to the end; returns whether new mail was announced after ``announced``."""
    now = timezone.now()
    rows = _at_work(account)
    rows.update(
        last_success=now,
        next_try=now + polling.pause(account, now),
        **_to(State.CONNECTED),
        **_WELL,
        **gap.filled(account),
    )
    rows.filter(wanted_at=announced).update(wanted_at=None)
    return rows.filter(wanted_at__isnull=False).exists()


def paused(account: EmailAccount) -> None:
    """Nothing is wrong, and there is more to read: it is due again at once."""
    _at_work(account).update(wanted_at=timezone.now(), next_try=None, **_to(State.CONNECTED), **_WELL)


def recovered(account: EmailAccount, pause: timedelta | None = None) -> None:
    """The server answered all that was asked, which was not a synchronisation. Next time after ``pause``."""
    next_try = timezone.now() + pause if pause else None
    _at_work(account).update(next_try=next_try, **_to(State.CONNECTED), **_WELL)


def failed(account: EmailAccount, error: Exception) -> str:
    """Note what went wrong; returns its code. After commit, who listens hears of an account that fell."""
    code = trouble.code_of(error)
    if isinstance(error, OverBudget):
        # Nothing is wrong with the account: it goes on with the next hour.
        pause = timedelta(seconds=error.retry_after)
        _at_work(account).update(trouble=code, next_try=timezone.now() + pause, **_to(State.CONNECTED))
    elif not (isinstance(error, REFUSALS) and _refused(account, code)):
        _at_work(account).update(
            trouble=code,
            failures=F("failures") + 1,
            next_try=timezone.now() + trouble.pause(account, error),
            **_to(State.WAITING),
        )
    return code


def _refused(account: EmailAccount, code: str) -> bool:
    """False where somebody gave another secret meanwhile: the refusal says nothing of that one."""
    asked_with = _at_work(account).filter(secret=account.secret, access=account.access)
    fell = asked_with.update(
        trouble=code, failures=F("failures") + 1, next_try=None, **_to(State.RECONNECT), told_at=None
    )
    if fell:
        transaction.on_commit(
            lambda: signals.reconnect_needed.send_robust(EmailAccount, account_id=account.pk), robust=True
        )
    return bool(fell)


def connected_again(account: EmailAccount) -> dict[str, Any]:
    """What connecting ``account``, new or known, says of its state: for whoever saves how it is reached.

    An account that was stopped says from when mail is lacking, and later how much came of it (``gap``).
    """
    stopped = account.pk is not None and account.state in (State.RECONNECT, State.DISCONNECTED)
    fresh = account.pk is None or account.state != State.CONNECTED
    return {
        "state": State.CONNECTED,
        "state_since": timezone.now() if fresh else account.state_since,
        "told_at": None,
        "next_try": None,
        **_WELL,
        **(gap.opened(account) if stopped else {}),
    }


def key_found(account_id: int) -> bool:
    """The key that reads its secret is back; returns whether that alone was wrong, so that it goes on."""
    rows = EmailAccount.objects.filter(pk=account_id, state=State.RECONNECT, trouble=SecretUnreadable.code)
    return bool(rows.update(told_at=None, next_try=None, **_to(State.CONNECTED), **_WELL))


def erasure_key_found() -> None:
    """The key that tells who was erased can be read: whoever waits for nothing else is due at once."""
    EmailAccount.objects.filter(state=State.WAITING, trouble="erasure_key").update(next_try=None)


def disconnected(accounts: QuerySet[EmailAccount]) -> None:
    """Somebody said so: whoever is at work stops before the next write, and the secrets are forgotten."""
    _let_go(accounts, secret="")


def abandoned(accounts: QuerySet[EmailAccount]) -> None:
    """Their owner left: as ``disconnected``, at once. But a consent's refresh token, which opens nothing any
    more here, stays encrypted until ``taking_back`` has told the provider.
    """
    _let_go(accounts, secret=Case(When(provider="", then=Value("", TextField())), default=F("secret")))


def _let_go(accounts: QuerySet[EmailAccount], secret: Any) -> None:
    accounts.update(
        **_to(State.DISCONNECTED),
        secret=secret,
        **NO_CONSENT,
        trouble="",
        next_try=None,
        told_at=None,
        lease_token="",
        lease_until=None,
    )


def _at_work(account: EmailAccount) -> QuerySet[EmailAccount]:
    return EmailAccount.objects.filter(pk=account.pk, state__in=AT_WORK)


def _to(state: str) -> dict[str, Any]:
    """Into ``state``, since now where it was in another."""
    same = When(Q(state=state), then=F("state_since"))
    return {"state": state, "state_since": Case(same, default=Value(timezone.now()))}
