"""New addresses, old mail: look once more through what was enumerated before they were known.

It runs under the account's lease, so no scan by an older set of addresses can slip past: what was recorded
before it began lies in the stretch it walks, what comes after is decided by the addresses of now.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from ..models import Address, EmailAccount, Folder, Lookup
from . import plan, windows
from .batch import Batch
from .capture import sorting
from .fetch import Catch
from .gather import Gatherer
from .lease import Lease

#: Batches of one folder before the other folders have their turn.
STRIDE = 5


@dataclass(frozen=True)
class Swept:
    """How far down the stretch the sweep has come; None at its end."""

    to: int | None

    def at(self, uid: int, downwards: bool) -> "Swept":
        """The mark once everything as far down as ``uid`` was dealt with."""
        return Swept(uid)

    def move(self, folder: Folder) -> None:
        """Store it on the folder's row."""
        folder.sweep_to = self.to
        folder.save(update_fields=["sweep_to"])


def begin(account: EmailAccount, lease: Lease) -> bool:
    """Start a sweep where one is wanted, or go on with the one under way; returns whether there is one.

    Raises LeaseLost.
    """
    wanted = Q(sweep_all=True) | Exists(Lookup.objects.filter(account=OuterRef("pk")))
    under_way = Exists(Folder.objects.filter(account=OuterRef("pk"), sweep_to__isnull=False))
    mine = EmailAccount.objects.filter(pk=account.pk).annotate(under_way=under_way)
    begun = mine.filter(wanted | Q(under_way=True)).values_list("under_way", flat=True).first()
    if begun is not False:
        return bool(begun)
    with transaction.atomic():
        lease.renew()
        return _start(account, every=False)


def _start(account: EmailAccount, every: bool) -> bool:
    """Start at the top of each folder for all that is looked for, or for ``every`` address there is."""
    ordered = EmailAccount.objects.filter(pk=account.pk, sweep_all=True).update(sweep_all=False)
    lookups = Lookup.objects.filter(account=account)
    if every or ordered:
        lookups.delete()
    wanted = every or ordered or lookups.update(underway=True)
    scanned = account.folders.filter(gone_at=None, synced=True, scanned_to__gt=0)
    if wanted and scanned.update(sweep_to=F("scanned_to")):
        return True
    lookups.filter(underway=True).delete()
    return False


def end(account: EmailAccount, lease: Lease) -> bool:
    """Forget the sweep if every folder was walked to its end; returns whether to go on to the next one.

    A folder that could not be read keeps its place, and the addresses are looked for on from there. But it
    keeps no address that came meanwhile from being looked for in the others: then all is begun again, for
    both. Raises LeaseLost.
    """
    with transaction.atomic():
        lease.renew()
        unread = account.folders.filter(sweep_to__isnull=False)
        unread.filter(Q(synced=False) | Q(gone_at__isnull=False)).update(sweep_to=None)
        lookups = Lookup.objects.filter(account=account)
        if not unread.exists():
            lookups.filter(underway=True).delete()
            return True
        ordered = EmailAccount.objects.filter(pk=account.pk, sweep_all=True)
        if lookups.filter(underway=False).exists() or ordered.exists():
            return _start(account, every=not lookups.filter(underway=True).exists())
        return False


def addresses_of(account: EmailAccount) -> list[str]:
    """The addresses of the sweep under way; none where it is for all of them."""
    found = Address.objects.filter(lookups__account=account, lookups__underway=True)
    return list(found.values_list("value", flat=True))


def stride(gatherer: Gatherer, folder: Folder, messages: int, addresses: Iterable[str]) -> bool:
    """Some batches of the open folder, the newest first; returns whether there are more.

    ``messages``: how many the folder holds.
    """
    wanted = sorting.sought(gatherer.account, list(addresses))
    find = plan.finder(gatherer.mailbox, messages, wanted)
    low = max(folder.scanned_from, 1)
    for number, (uids, reached) in enumerate(
        windows.down(find, folder.sweep_to, low, windows.widest(messages)), 1
    ):
        gatherer.batch(folder, Batch(uids, Swept(reached), downwards=True))
        if number == STRIDE and reached > low:
            return True
    gatherer.record(folder, Catch(), Swept(None))
    return False
