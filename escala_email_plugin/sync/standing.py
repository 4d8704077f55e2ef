"""Is it still connected? Accounts that nothing reads are logged in to now and then: their state must be true.

Those are the ones that are switched off or wait for somebody to look at a preview, and marketing's, which is
never read. What is synchronised shows by itself how it is.
"""

import logging
from datetime import timedelta
from itertools import islice

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from .. import conf
from ..models import EmailAccount
from ..servers.errors import ServerError
from ..servers.imap import ImapSession
from ..servers.secrets import SecretUnreadable
from ..servers.smtp import check
from . import states, token
from .credentials import credentials_of
from .lease import ALIVE, AT_WORK, Lease, LeaseLost, claim, free
from .mailbox import server_of, smtp_server_of
from .polling import jittered
from .preview import is_answered

logger = logging.getLogger(__name__)

#: From one login to the next.
EVERY = timedelta(hours=6)

#: Accounts whose time has come are not all asked at once: a site may just have been updated.
AT_ONCE = 50


def due() -> list[int]:
    """The ids of the accounts that nothing reads and whose time has come, the longest waiting first."""
    now = timezone.now()
    come = Q(next_try=None) | Q(next_try__lte=now)
    waiting = _unread().filter(free(), come).order_by(F("next_try").asc(nulls_first=True), "pk")
    unread = (account.pk for account in waiting if not _is_previewed(account))
    return list(islice(unread, AT_ONCE))


def look(account_id: int) -> bool:
    """Log in to the account's servers under its lease; returns whether they let us in.

    Nothing happens where somebody holds the account or it is read. Failures are written to the account
    (``states``), never raised.
    """
    account = _unread().filter(pk=account_id).first()
    if account is None or _is_previewed(account):
        return False
    lease = claim(account_id, account.mode, ALIVE)
    if lease is None:
        return False
    try:
        return _look(EmailAccount.objects.get(pk=account_id), lease)
    finally:
        lease.release()


def _look(account: EmailAccount, lease: Lease) -> bool:
    try:
        _log_in(account, lease)
    except LeaseLost:
        return False
    except (ServerError, SecretUnreadable) as error:
        states.failed(account, error)
        return False
    except Exception as error:
        logger.exception("The login to account %s failed.", account.pk)
        states.failed(account, error)
        return False
    states.recovered(account, jittered(EVERY))
    return True


def _log_in(account: EmailAccount, lease: Lease) -> None:
    """By IMAP; and by SMTP where sending is all the account is for.

    Raises ServerError, SecretUnreadable and LeaseLost.
    """
    token.opened(account, lease.renew, lambda: _by_imap(account))
    if account.kind == EmailAccount.Kind.MARKETING:
        lease.renew()
        check(smtp_server_of(account), credentials_of(account), conf.get("OPERATION_DEADLINE"))


def _by_imap(account: EmailAccount) -> None:
    # A connection of its own: one that is still open from before would prove nothing.
    with ImapSession(server_of(account), credentials_of(account), deadline=conf.get("OPERATION_DEADLINE")):
        pass


def _unread() -> QuerySet[EmailAccount]:
    """Those that are at work and not synchronised."""
    return EmailAccount.objects.filter(ALIVE, state__in=AT_WORK).exclude(
        Q(mode=EmailAccount.Mode.TOTAL) & ~Q(kind=EmailAccount.Kind.MARKETING)
    )


def _is_previewed(account: EmailAccount) -> bool:
    """Whether a preview is on its way, which shows by itself how the account is."""
    return account.mode == EmailAccount.Mode.PREVIEW and not is_answered(account)
