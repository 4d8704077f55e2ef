"""Synchronise one account: the whole way in, from the lease to the last folder."""

import logging

from ..models import EmailAccount, Run
from ..servers.imap import ImapError
from ..servers.secrets import SecretUnreadable
from . import states
from .budget import OverBudget
from .erased import KeyLost
from .lease import AT_WORK, Lease, LeaseLost, claim
from .mailbox import Mailbox
from .meter import Meter
from .progress import PAUSED, Progress, close_abandoned
from .round import Round, ShiftOver

logger = logging.getLogger(__name__)

#: So often new mail that was announced meanwhile is looked for at once; then the next worker does.
ROUNDS = 5


def sync_account(account_id: int, shift: float | None = None) -> bool:
    """Bring in what the account's contacts wrote and were written. Returns whether it came to the end.

    Nothing happens where another worker holds the account or it is switched off. Failures
    are written to the account (``states``), never raised: other accounts go on. After ``shift``
    seconds it pauses where it is, and is due again at once.
    """
    lease = claim(account_id)
    if lease is None:
        return False
    try:
        for _ in range(ROUNDS):
            done, again = _round(account_id, lease, shift)
            if not again:
                break
        return done
    finally:
        lease.release()


def _round(account_id: int, lease: Lease, shift: float | None) -> tuple[bool, bool]:
    """One round under the lease: whether it came to its end, and whether new mail was announced meanwhile."""
    account = EmailAccount.objects.get(pk=account_id)
    meter = Meter()
    progress, code = Progress(account, meter), ""
    try:
        close_abandoned(account)
        with Mailbox(account, lease.keep, meter) as mailbox:
            at_work = Round(account, mailbox, lease, progress, shift)
            at_work.run()
    except ShiftOver:
        states.paused(account)
        code = PAUSED
    except LeaseLost:
        code = "interrupted" if _is_wanted(account) else Run.State.CANCELLED
    except (ImapError, SecretUnreadable, OverBudget, KeyLost) as error:
        code = states.failed(account, error)
    except Exception as error:
        logger.exception("The synchronisation of account %s failed.", account_id)
        code = states.failed(account, error)
    else:
        return True, states.succeeded(account, at_work.announced)
    finally:
        progress.ended(code)
    return False, False


def _is_wanted(account: EmailAccount) -> bool:
    """Whether the account is still to be read: the lease was not lost to anybody's decision."""
    return EmailAccount.objects.filter(
        pk=account.pk, state__in=AT_WORK, mode=EmailAccount.Mode.TOTAL
    ).exists()
