"""An errand: work on an account that people watch from its first moment, a preview or an audit.

Its Run is there before the server is asked, moves at most once a second, and stops the work
when it is cancelled or the account is switched to another mode.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from ..models import EmailAccount, Run
from ..servers.imap import ImapError
from ..servers.secrets import SecretUnreadable
from . import states
from .budget import OverBudget
from .erased import KeyLost
from .lease import AT_WORK, Lease, LeaseLost, claim
from .mailbox import Mailbox
from .meter import Meter
from .progress import Progress, close_abandoned

logger = logging.getLogger(__name__)

#: Seconds between two writes of how far it is.
PAUSE = 1.0


class Cancelled(Exception):
    """Somebody cancelled the run."""


class Errand(Progress):
    """A run at work, as its worker sees it."""

    def __init__(self, account: EmailAccount, kind: str, lease: Lease):
        super().__init__(account)
        self.account, self.lease, self.meter = account, lease, Meter()
        self.run = Run.objects.create(kind=kind, account=account)
        #: What is shown of the result while it is at work.
        self.so_far: dict[str, Any] = {}
        self._written = time.monotonic()

    def begin(self, done: int, left: int) -> None:
        """``done`` messages were looked at before, about ``left`` are to be. Raises as ``looked_at``."""
        self.run.done = done
        self.expect(done + left)
        self.write()

    def looked_at(self, messages: int) -> None:
        """Count messages that were looked at. Raises LeaseLost and Cancelled."""
        self.run.done += messages
        if time.monotonic() - self._written >= PAUSE:
            self.write()

    def moved(self, looked_at: int, stored: int, set_aside: int) -> None:
        """Count what was recorded on the way; what was looked at is counted by ``looked_at``."""
        self.run.stored += stored
        self.run.set_aside += set_aside

    def write(self) -> None:
        """Renew the lease and say how far it is. Raises LeaseLost and Cancelled."""
        self.lease.renew()
        more = {"result": self.so_far} if self.so_far else {}
        if not self._update(total=max(self.total, self.run.done), **more):
            raise Cancelled
        self._written = time.monotonic()

    def note(self, result: dict[str, Any]) -> None:
        """Keep ``result`` with the run while it is at work."""
        self._update(result=result)

    def finished(self, state: str, code: str = "", result: dict[str, Any] | None = None) -> None:
        """It is over. Nothing happens where it was cancelled, or its account deleted, meanwhile."""
        more = {} if result is None else {"result": result}
        total = self.run.done if state == Run.State.DONE else max(self.total, self.run.done)
        self._update(state=state, trouble=code, total=total, finished_at=timezone.now(), **more)

    def cost(self) -> dict[str, Any]:
        """What it took: ``seconds``, ``stages`` and ``traffic``."""
        told = self.meter.told()
        return {name: told[name] for name in ("seconds", "stages", "traffic")}

    def _update(self, **values: Any) -> int:
        run = self.run
        return Run.objects.filter(pk=run.pk, state=Run.State.RUNNING).update(
            done=run.done, stored=run.stored, set_aside=run.set_aside, moved_at=timezone.now(), **values
        )


def cancel(account: EmailAccount, kind: str) -> bool:
    """Stop the account's preview or audit before its next write; returns whether one was at work."""
    return bool(
        account.runs.filter(kind=kind, state=Run.State.RUNNING).update(
            state=Run.State.CANCELLED, result={}, finished_at=timezone.now()
        )
    )


#: What is done, given the run and the open mailbox; it returns the Run's result.
Work = Callable[[Errand, Mailbox], dict[str, Any]]


def carry_out(account_id: int, kind: str, mode: str, work: Work) -> Run | None:
    """Do ``work`` under the account's lease.

    None where somebody holds the account or it is in another mode. Failures are written
    to the Run and the account (``states``), never raised.
    """
    lease = claim(account_id, mode)
    if lease is None:
        return None
    try:
        account = EmailAccount.objects.get(pk=account_id)
        close_abandoned(account)
        errand = Errand(account, kind, lease)
        errand.finished(*_outcome(errand, work))
        return Run.objects.filter(pk=errand.run.pk).first()
    finally:
        lease.release()


def _outcome(errand: Errand, work: Work) -> tuple[Any, ...]:
    """The run's state, its trouble, and the result where there is one."""
    account, state = errand.account, Run.State
    try:
        with Mailbox(account, errand.lease.keep, errand.meter) as mailbox:
            result = work(errand, mailbox)
    except Cancelled:
        return state.CANCELLED, "", {}
    except LeaseLost:
        return (state.FAILED, "interrupted") if _is_wanted(errand) else (state.CANCELLED, "", {})
    except (ImapError, SecretUnreadable, OverBudget, KeyLost) as error:
        return state.FAILED, states.failed(account, error)
    except Exception as error:
        logger.exception("The %s of account %s failed.", errand.run.kind, account.pk)
        return state.FAILED, states.failed(account, error)
    states.recovered(account)
    return state.DONE, "", {**errand.cost(), **result}


def _is_wanted(errand: Errand) -> bool:
    """Whether the account is still to be worked on: the lease was lost to nobody's decision."""
    accounts = EmailAccount.objects.filter(pk=errand.account.pk, state__in=AT_WORK)
    return accounts.filter(mode=errand.lease.mode).exists()
