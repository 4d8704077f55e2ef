"""A mailbox goes with its stored mail: for everybody at once, from the disk by and by.

From the moment it is ordered the account is disconnected and nobody reads its mail (``readable_by``).
What only this account holds is removed in bounded batches, each a transaction: a worker that dies
leaves less to do. What other accounts hold stays, and loses only its places in this one.
"""

import math
import time
import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from .. import conf
from ..models import (
    CaptureAddress,
    EmailAccount,
    Folder,
    Location,
    Lookup,
    Quarantined,
    Rule,
    Run,
    Tally,
)
from . import connection, removal
from .lease import Lease, LeaseLost, free
from .persistence import persistently
from .places import going_with

#: Rows removed in one transaction.
BATCH = 200


class ErasingLease(Lease):
    """The hold of one worker on an account that is being erased."""

    def _mine(self) -> QuerySet:
        return EmailAccount.objects.filter(pk=self.account_id, lease_token=self.token, erase_at__isnull=False)


def order(account: EmailAccount) -> None:
    """Disconnect the account and hide its mail from everybody, at once; ``erase`` does the rest."""
    with transaction.atomic():
        connection.disconnect(account)
        EmailAccount.objects.filter(pk=account.pk).update(signature="", erase_at=timezone.now())
        if account.kind == EmailAccount.Kind.PERSONAL:
            # What was captured lies in another mailbox still; a search there must not bring it back.
            mine = CaptureAddress.objects.filter(user=account.owner_id)
            mine.update(ended_at=F("created_at"))


def due() -> list[int]:
    """The accounts that are to be erased and that nobody is erasing."""
    return list(_free().order_by("erase_at").values_list("pk", flat=True))


def erase(account_id: int, shift: float | None = None) -> bool:
    """Remove the account and what only it holds; returns whether it came to the end.

    Only where that was ordered and nobody else is at it. After ``shift`` seconds it stops where it is.
    """
    lease = _claim(account_id)
    if lease is None:
        return False
    end = time.monotonic() + (math.inf if shift is None else shift)
    try:
        while persistently(lambda: _some_messages(lease)) or _some_rows(lease):
            if time.monotonic() > end:
                return False
        return _the_account(lease)
    except LeaseLost:
        return False
    finally:
        lease.release()


def _free() -> QuerySet:
    return EmailAccount.objects.filter(free(), erase_at__isnull=False)


def _claim(account_id: int) -> ErasingLease | None:
    token, until = uuid.uuid4().hex, timezone.now() + timedelta(seconds=conf.get("LEASE_SECONDS"))
    claimed = _free().filter(pk=account_id).update(lease_token=token, lease_until=until)
    return ErasingLease(account_id, token) if claimed else None


def _some_messages(lease: ErasingLease) -> int:
    """Remove some of the account's places, with the messages that have no other; returns how many.

    Also what was captured in it for others: the mailbox it lies in goes.
    """
    its = going_with(EmailAccount.objects.get(pk=lease.account_id))
    places = Location.objects.filter(its).order_by("pk")
    some = dict(places.values_list("pk", "message")[:BATCH])
    if not some:
        return 0
    with transaction.atomic():
        threads = removal.lock(set(some.values()))
        lease.renew()
        removal.remove_places(some, threads)
    return len(some)


def _some_rows(lease: ErasingLease) -> int:
    """Remove some of what else is the account's, one kind after the other; returns how many."""
    quarantined = Quarantined.objects.filter(folder__account=lease.account_id)
    own = [model.objects.filter(account=lease.account_id) for model in (Lookup, Tally, Rule, Run, Folder)]
    for rows in (quarantined, *own):
        some = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
        if some:
            with transaction.atomic():
                lease.renew()
                rows.model.objects.filter(pk__in=some).only("pk").delete()
            return len(some)
    return 0


def _the_account(lease: ErasingLease) -> bool:
    """The row itself, last: as long as it is there, somebody comes back for the rest."""
    with transaction.atomic():
        lease.renew()
        EmailAccount.objects.filter(pk=lease.account_id).delete()
    return True
