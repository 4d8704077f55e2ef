"""Old mail of new addresses: which accounts are to look for whose, and what a person may know of it.

``record_rows`` marks an address that came to the host's records as *sought*. ``spread`` turns the mark into
a Lookup for each account that may have passed the address's mail already. An account that would have too
many of them looks once through everything instead (``EmailAccount.sweep_all``), and so does one that is not
at work now, when it is again.

A Lookup means: a search that begins from now on has to include this address. One that is *underway* when the
address comes again goes back to waiting, for what that search has passed meanwhile. ``sweep_all`` means the
same of every address, and is to be cleared when the search begins.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    When,
)
from django.utils import timezone

from .. import addresses
from ..batches import batches
from ..models import Address, EmailAccount, Folder, Lookup, RecordAddress
from .lease import AT_WORK, READ
from .persistence import persistently

#: Addresses in one transaction, and rows in one statement.
BATCH = 1000

#: Lookups of one account at most; beyond, looking through everything once is cheaper.
MOST = 5000

#: Longer than any transaction of the host should take.
RECENTLY = timedelta(hours=1)

WORKING = READ & Q(state__in=AT_WORK, mode=EmailAccount.Mode.TOTAL)


def waiting() -> bool:
    """Whether ``spread`` has anything to do; cheap."""
    return Address.objects.filter(sought=True).exists() or _returned(RECENTLY).exists()


def spread() -> set[int]:
    """Hand every sought address to the accounts; returns the ids of those to synchronise now.

    Safe with other workers, with accounts that begin meanwhile and with a death at any point. An account
    without a Folder has decided about no message yet, so whatever it decides knows the addresses of now.
    """
    persistently(lambda: notice_the_returned(RECENTLY))
    woken: set[int] = set()
    while sought := Address.objects.filter(sought=True).count():
        plan = _plan(sought)
        persistently(lambda plan=plan: _sweep(plan.sweep))
        woken |= plan.woken
        if not persistently(lambda plan=plan: _hand_out(plan.tell)):
            break  # another worker has them all
    EmailAccount.objects.filter(pk__in=woken).update(wanted_at=timezone.now())
    return woken


def notice_the_returned(within: timedelta | None = None) -> None:
    """Addresses marked as having left (``within`` that time; None: ever) that a record has nevertheless.

    Of two transactions at once, one that takes an address away and one that brings it, neither
    sees the other's row.
    """
    with transaction.atomic():
        pks = list(_returned(within).values_list("pk", flat=True))
        addresses.lock_yielding(pks)
        for some in batches(pks, BATCH):
            _returned(None).filter(pk__in=some).update(sought=True, left_at=None)


def _returned(within: timedelta | None) -> QuerySet[Address]:
    left = {"left_at__gt": timezone.now() - within} if within else {"left_at__isnull": False}
    return Address.objects.filter(Exists(RecordAddress.objects.filter(address=OuterRef("pk"))), **left)


@dataclass
class _Plan:
    """Accounts by what they have to do: ids."""

    tell: list[int] = field(default_factory=list)
    sweep: list[int] = field(default_factory=list)
    woken: set[int] = field(default_factory=set)


def _plan(sought: int) -> _Plan:
    """Who is told of ``sought`` addresses, and who looks through everything.

    One question for all accounts, so that none slips through while its state changes. An account that
    is to look through everything anyway, or has nothing behind it, has nothing to be told.
    """
    plan = _Plan()
    for pk, working, begun, scanned, lookups in _accounts().values_list(
        "pk", "working", "begun", "scanned", "pending"
    ):
        if not (begun if working else scanned):
            continue
        if working:
            plan.woken.add(pk)
        (plan.tell if working and lookups + sought <= MOST else plan.sweep).append(pk)
    return plan


def _accounts() -> QuerySet[EmailAccount]:
    folders = Folder.objects.filter(account=OuterRef("pk"))
    return EmailAccount.objects.filter(sweep_all=False).annotate(
        working=_whether(WORKING),
        begun=Exists(folders),
        # A preview makes folders too, and passes no message. A sync that was switched off may be about to.
        scanned=_whether(
            Exists(folders.filter(scanned_to__gt=0))
            | (~Q(lease_token="") & ~Q(mode=EmailAccount.Mode.PREVIEW))
        ),
        pending=Count("lookups"),
    )


def _whether(condition: Q) -> Case:
    return Case(When(condition, then=True), default=False, output_field=BooleanField())


def _sweep(accounts: list[int]) -> None:
    """Before the marks are cleared, and not with them: a sync locks its account first, then addresses."""
    with transaction.atomic():
        EmailAccount.objects.filter(pk__in=accounts).update(sweep_all=True)
        Lookup.objects.filter(account__in=accounts).delete()


def _hand_out(accounts: list[int]) -> int:
    """Make the Lookups of one batch of addresses and clear its marks; returns how many addresses it were."""
    skip = connection.features.has_select_for_update_skip_locked
    with transaction.atomic():
        sought = Address.objects.filter(sought=True).select_for_update(no_key=True, skip_locked=skip)
        pks = list(sought.order_by("pk").values_list("pk", flat=True)[:BATCH])
        rows = (Lookup(account_id=account, address_id=pk) for account in accounts for pk in pks)
        for some in batches(rows, BATCH):
            Lookup.objects.bulk_create(
                some,
                update_conflicts=True,
                unique_fields=["account", "address"],
                update_fields=["underway"],
            )
        Address.objects.filter(pk__in=pks).update(sought=False)
    return len(pks)


@dataclass(frozen=True)
class Looking:
    """Whose earlier mail is looked for, in how many accounts, and since when, where that is known."""

    addresses: tuple[str, ...]
    accounts: int
    since: datetime | None


def looking_for(record: Any, user: Any) -> Looking | None:
    """What is still being looked for of ``record``'s earlier mail in the accounts ``user`` may read.

    None where all that is at work has been looked through. Other people's accounts change nothing in it.
    """
    accounts = dict(
        EmailAccount.objects.readable_by(user)
        .filter(WORKING)
        .annotate(everything=_whether(_looks_through_everything()))
        .values_list("pk", "everything")
    )
    if not accounts:
        return None
    pending = {pk for pk, everything in accounts.items() if everything}
    looked_for, since = set(), []
    for value, sought, account, created_at in _addresses(record, list(accounts), everything=bool(pending)):
        looked_for.add(value)
        if sought:
            pending |= accounts.keys()
        if account is not None:
            pending.add(account)
            since.append(created_at)
    if not looked_for:
        return None
    return Looking(tuple(sorted(looked_for)), len(pending), min(since, default=None))


def _looks_through_everything() -> Q:
    """Ordered, or begun: then folders have a place it has come to, and no Lookup is underway."""
    mine = {"account": OuterRef("pk")}
    begun = Exists(Folder.objects.filter(**mine, gone_at=None, sweep_to__isnull=False))
    return Q(sweep_all=True) | (begun & ~Exists(Lookup.objects.filter(**mine, underway=True)))


def _addresses(record: Any, accounts: list[int], everything: bool) -> QuerySet:
    """``(address, sought, account, since)``: the record's addresses, with their Lookups in ``accounts``.

    Without ``everything`` only those that are still to be looked for.
    """
    found = Address.objects.filter(
        records__content_type=ContentType.objects.get_for_model(record), records__object_id=str(record.pk)
    ).annotate(mine=FilteredRelation("lookups", condition=Q(lookups__account__in=accounts)))
    if not everything:
        found = found.filter(Q(sought=True) | Q(mine__isnull=False))
    return found.values_list("value", "sought", "mine__account", "mine__created_at")
