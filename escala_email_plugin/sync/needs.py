"""What about a mailbox, or the site, needs a person. All else heals by itself."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from ..models import EmailAccount, Run
from .audit import NOT_READ, RENUMBERED
from .lease import AT_WORK

#: A mailbox that is read all the time and was not for so long needs somebody to look.
LATE = timedelta(hours=1)

#: A consent that ends by itself is to be given again in time.
ENDING = timedelta(days=3)

#: A worker shows itself once a minute.
SILENT = timedelta(minutes=5)


def needs(account: Any, audit: Run | None, now: datetime) -> Iterable[str]:
    """The codes, the most urgent first. ``account`` is annotated with ``is_read``; ``audit`` is its last one.

    ``reconnect``: its owner must connect it again. ``late``: nothing was read, or no login worked, for LATE.
    ``grant_ending``: the provider's consent ends within ENDING. ``missing``: the last check could not bring
    in all that it found. ``unread``: the server counts messages that it does not show. ``not_compared``: a
    folder could not be checked, and the next synchronisation does not mend that.
    """
    if account.state == EmailAccount.State.DISCONNECTED:
        return
    if account.state == EmailAccount.State.RECONNECT:
        yield "reconnect"
    elif _is_late(account, now):
        yield "late"
    elif account.grant_ends and account.grant_ends - now < ENDING:
        yield "grant_ending"
    if audit and _number(audit, "missing"):
        yield "missing"
    if audit and _number(audit, "unlisted"):
        yield "unread"
    if audit and any(_is_unmended(one) for one in audit.result.get("folders", ())):
        yield "not_compared"


def is_silent(beat: datetime | None, at_work: bool, now: datetime) -> bool:
    """Whether no worker showed itself. One whose only thread is busy shows itself by the lease it holds."""
    return not at_work and (beat is None or now - beat > SILENT)


def is_wanted(account: Any) -> bool:
    """Whether the account is to be read all the time."""
    return account.is_read and account.state in AT_WORK and account.mode == EmailAccount.Mode.TOTAL


def is_held(account: EmailAccount, now: datetime) -> bool:
    """Whether a worker is at the account."""
    return bool(account.lease_until and account.lease_until > now)


def _is_late(account: Any, now: datetime) -> bool:
    """A first synchronisation may take its hours, as long as somebody is at it."""
    if is_held(account, now):
        return False
    if is_wanted(account):
        since = account.last_success or account.created_at
        return now - max(since, account.reconnected_at or since) > LATE
    waits = account.state == EmailAccount.State.WAITING and account.state_since is not None
    return waits and now - account.state_since > LATE


def _number(audit: Run, name: str) -> int:
    value = audit.result.get(name, 0)
    return value if isinstance(value, int) else 0


def _is_unmended(folder: Any) -> bool:
    return bool(folder.get("note")) and folder["note"] not in (RENUMBERED, NOT_READ)
