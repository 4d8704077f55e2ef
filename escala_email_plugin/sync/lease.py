"""Who works on an account: a lease on its row, fenced by a token.

A lease ends by itself when its worker dies. Every write of a sync renews it in the
same transaction, so a worker that was away too long, or whose account was
disconnected meanwhile, cannot write any more.
"""

import time
import uuid
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone

from .. import conf
from ..models import EmailAccount
from ..visibility import AccountQuerySet

# Not ``owner__is_active``: Django updates what is joined by ids that a subquery finds, and PostgreSQL does
# not ask that again for a worker that had to wait for another to claim the account: both would have it.
_HERE = Q(owner__in=get_user_model().objects.filter(is_active=True))

#: Whose mail is read at all: nobody's who has left, nor of a mailbox that is about to be erased.
READ = Q(erase_at=None) & (
    Q(kind__in=(EmailAccount.Kind.SHARED, EmailAccount.Kind.CAPTURE))
    | Q(_HERE, kind=EmailAccount.Kind.PERSONAL)
)

#: Whose access is kept alive: everybody's who has not left, whatever the mailbox is for.
ALIVE = Q(erase_at=None) & (~Q(kind=EmailAccount.Kind.PERSONAL) | _HERE)

AT_WORK = (EmailAccount.State.CONNECTED, EmailAccount.State.WAITING)


class LeaseLost(Exception):
    """Somebody else holds the account now, or it was switched off."""


class Lease:
    """The hold of one worker on one account, while it is in one mode; None: in any. Use ``claim``."""

    def __init__(self, account_id: int, token: str, mode: str | None = EmailAccount.Mode.TOTAL):
        self.account_id, self.token, self.mode = account_id, token, mode
        self._renewed = time.monotonic()

    def renew(self) -> None:
        """Hold on for another ``LEASE_SECONDS``. Raises LeaseLost."""
        until = timezone.now() + timedelta(seconds=conf.get("LEASE_SECONDS"))
        if not self._mine().update(lease_until=until):
            raise LeaseLost
        self._renewed = time.monotonic()

    def keep(self) -> None:
        """Renew if a quarter of the lease is over; called between network operations. Raises LeaseLost."""
        if time.monotonic() - self._renewed > conf.get("LEASE_SECONDS") / 4:
            self.renew()

    def release(self) -> None:
        """Let go; nothing happens where the lease was lost."""
        EmailAccount.objects.filter(pk=self.account_id, lease_token=self.token).update(
            lease_token="", lease_until=None
        )

    def _mine(self):
        mine = Q(pk=self.account_id, lease_token=self.token)
        return EmailAccount.objects.filter(mine, _in(self.mode), state__in=AT_WORK)


def free() -> Q:
    """The accounts that nobody holds now."""
    return Q(lease_until=None) | Q(lease_until__lt=timezone.now())


def claimable(mode: str | None = EmailAccount.Mode.TOTAL, whose: Q = READ) -> AccountQuerySet:
    """The accounts in ``mode`` (None: in any) that are at work and that nobody holds."""
    return EmailAccount.objects.filter(free(), whose, _in(mode), state__in=AT_WORK)


def is_held(account_id: int) -> bool:
    """Whether somebody is at work on the account."""
    return EmailAccount.objects.filter(pk=account_id, lease_until__gte=timezone.now()).exists()


def claim(account_id: int, mode: str | None = EmailAccount.Mode.TOTAL, whose: Q = READ) -> Lease | None:
    """The lease of the account, None where somebody holds it or it is in another mode or not at work.

    ``mode``: None for any. ``whose``: the accounts that may be claimed.
    """
    token, until = uuid.uuid4().hex, timezone.now() + timedelta(seconds=conf.get("LEASE_SECONDS"))
    claimed = claimable(mode, whose).filter(pk=account_id).update(lease_token=token, lease_until=until)
    return Lease(account_id, token, mode) if claimed else None


def _in(mode: str | None) -> Q:
    return Q() if mode is None else Q(mode=mode)
