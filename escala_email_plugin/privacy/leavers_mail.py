"""What goes of the mail of who left, once their time is over: by the rule that was written on the mailbox.

*keep*
    What was not shared with the team goes. The rest stays as it was shared.
*subject*
    That goes, too; of the rest only people, dates and subjects stay, unless somebody holds it who is here.
*purge*
    All of it goes, with the mailbox.

Only what nobody else holds goes in whole: what is in another mailbox too loses its place in this one. It is
removed in bounded batches, each a transaction under a lease of its own: a worker that dies leaves less to do,
and one whose leaver comes back meanwhile stops before the next batch.
"""

import math
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from .. import conf, signals
from ..models import Attachment, EmailAccount, Location, Lookup, Message, Quarantined, Run, Tally
from ..sync import erase, removal
from ..sync.lease import Lease, LeaseLost, free
from ..sync.persistence import persistently
from .leavers import over
from .shared import shared

#: Rows removed in one transaction.
BATCH = 200

Rule = EmailAccount.LeaverRule


class LeaverLease(Lease):
    """The hold of one worker on a mailbox whose owner left."""

    def _mine(self) -> QuerySet:
        return over().filter(pk=self.account_id, lease_token=self.token)


def due() -> list[int]:
    """The mailboxes whose time is over, of which something is still to go, and which nobody is at."""
    return [one.pk for one in over().filter(free()).order_by("left_at", "pk") if _has_work(one)]


def remove(account_id: int, shift: float | None = None) -> bool:
    """Remove what goes of the mailbox; returns whether it came to the end.

    Only where its time is over and nobody else is at it. After ``shift`` seconds it stops where it is. What
    goes as a whole is only ordered: ``erase`` removes it.
    """
    lease = _claim(account_id)
    if lease is None:
        return False
    account = EmailAccount.objects.get(pk=account_id)
    end = time.monotonic() + (math.inf if shift is None else shift)
    try:
        for number, _done in enumerate(_steps(lease, account)):
            if not number:
                signals.leaver_removed.send_robust(EmailAccount, account=account)
            if time.monotonic() > end:
                return False
        return True
    except LeaseLost:
        return False
    finally:
        lease.release()


def _claim(account_id: int) -> LeaverLease | None:
    token, until = uuid.uuid4().hex, timezone.now() + timedelta(seconds=conf.get("LEASE_SECONDS"))
    waiting = over().order_by().filter(free(), pk=account_id)
    return LeaverLease(account_id, token) if waiting.update(lease_token=token, lease_until=until) else None


def _has_work(account: EmailAccount) -> bool:
    if account.left_rule == Rule.PURGE or not account.locations.exists():
        return True
    if _unshared(account.pk).exists() or any(rows.exists() for rows in _furniture(account.pk)):
        return True
    return account.left_rule == Rule.SUBJECT and _with_texts(account.pk).exists()


def _steps(lease: LeaverLease, account: EmailAccount) -> Iterator[None]:
    """Each a transaction; nothing is left to do after the last one."""
    if account.left_rule != Rule.PURGE:
        yield from _places(lease)
        if account.left_rule == Rule.SUBJECT:
            yield from _texts(lease)
        yield from _rows(lease)
    if account.left_rule == Rule.PURGE or not account.locations.exists():
        persistently(lambda: _whole(lease, account))
        yield


def _places(lease: LeaverLease) -> Iterator[None]:
    """What was not shared, a batch at a time."""
    last = 0
    while some := dict(_unshared(lease.account_id).filter(pk__gt=last).values_list("pk", "message")[:BATCH]):
        last = max(some)
        persistently(lambda some=some: _remove(lease, some))
        yield


def _remove(lease: LeaverLease, some: dict[int, int]) -> None:
    with transaction.atomic():
        threads = removal.lock(set(some.values()))
        lease.renew()
        # Asked again under the locks: conversations may have been joined.
        still = dict(_unshared(lease.account_id).filter(pk__in=some).values_list("pk", "message"))
        removal.remove_places(still, threads)


def _texts(lease: LeaverLease) -> Iterator[None]:
    """The texts and attachments of what is left, a batch at a time."""
    last = 0
    texts = _with_texts(lease.account_id).values_list("pk", flat=True)
    while some := list(texts.filter(pk__gt=last)[:BATCH]):
        last = max(some)
        persistently(lambda some=some: _strip(lease, some))
        yield


def _strip(lease: LeaverLease, some: list[int]) -> None:
    with transaction.atomic():
        removal.lock(some)
        lease.renew()
        # Asked again under the locks: somebody may have come to hold it.
        removal.strip(list(_with_texts(lease.account_id).filter(pk__in=some).values_list("pk", flat=True)))


def _rows(lease: LeaverLease) -> Iterator[None]:
    """What else was kept for the synchronisation, with the bytes of what could not be read."""
    for rows in _furniture(lease.account_id):
        while some := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
            with transaction.atomic():
                lease.renew()
                rows.model.objects.filter(pk__in=some).only("pk").delete()
            yield


def _whole(lease: LeaverLease, account: EmailAccount) -> None:
    """Hide it from everybody, and order that it goes with the mailbox."""
    with transaction.atomic():
        lease.renew()
        erase.order(account)


def _unshared(account_id: int) -> QuerySet[Location]:
    return Location.objects.filter(account=account_id).exclude(shared()).order_by("pk")


def _with_texts(account_id: int) -> QuerySet[Message]:
    """The messages of the account of which more than people, dates and subject is here, and which nobody
    holds but who left, under the same rule, and whose time is over.
    """
    bare = over().order_by().filter(left_rule=Rule.SUBJECT)
    here = Location.objects.filter(message=OuterRef("pk"), account=account_id)
    elsewhere = Location.objects.filter(message=OuterRef("pk")).exclude(account__in=bare.values("pk"))
    files = Attachment.objects.filter(message=OuterRef("pk"))
    more = ~Q(text="", html="", snippet="") | Exists(files)
    return Message.objects.filter(more, Exists(here), ~Exists(elsewhere)).order_by("pk")


def _furniture(account_id: int) -> list[QuerySet]:
    quarantined = Quarantined.objects.filter(folder__account=account_id)
    return [quarantined, *(model.objects.filter(account=account_id) for model in (Lookup, Tally, Run))]
