"""Entries come to a list and are taken off it: an account's own, or (``account`` None) the organisation's.

Two people at once do no harm: an entry that is there stays, and one that is gone is gone.
"""

from collections.abc import Collection, Iterable
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from .. import addresses
from ..batches import batches
from ..mail.patterns import Patterns
from ..models import CaptureAddress, EmailAccount, Folder, Lookup, Rule
from ..signals import no_contacts_changed
from ..sync.capture.address import KINDS
from ..sync.lookups import WORKING

#: Rows in one statement.
BATCH = 500

#: Addresses whose earlier mail is looked for one by one. For more, and for domains, all is looked through.
FEW = 100


def entries(account: EmailAccount | None, kind: str) -> QuerySet[Rule]:
    """A list's entries, by the alphabet."""
    return Rule.objects.filter(account=account, kind=kind).order_by("pattern")


def add(patterns: Collection[str], kind: str, account: EmailAccount | None, *, remove: bool = False) -> None:
    """Put ``patterns`` (as ``mail.patterns.read`` writes them) on a list.

    ``remove``: what is stored and would be left out now goes, too (``privacy.left_out``).
    """
    since = timezone.now() if remove else None
    with transaction.atomic():
        for some in batches(sorted(set(patterns)), BATCH):
            rows = [Rule(account=account, kind=kind, pattern=one, remove_from=since) for one in some]
            Rule.objects.bulk_create(rows, ignore_conflicts=True)
            if remove:
                entries(account, kind).filter(pattern__in=some).update(remove_from=since)
        _tell(kind, account)


def take_off(pks: Collection[int], kind: str, account: EmailAccount | None, *, bring_in: bool) -> list[str]:
    """Take entries off a list; returns their patterns, none for what stands on another one.

    ``bring_in``: the earlier mail that they left out is looked for.
    """
    with transaction.atomic():
        rows = entries(account, kind).filter(pk__in=pks).select_for_update()
        patterns = list(rows.values_list("pattern", flat=True))
        entries(account, kind).filter(pk__in=pks).delete()
        if bring_in and patterns:
            _look_again(Patterns(patterns), account)
        _tell(kind, account, patterns)
    return patterns


def _tell(kind: str, account: EmailAccount | None, returned: Iterable[str] = ()) -> None:
    if account is None and kind == Rule.Kind.NOT_CONTACT:
        told = partial(no_contacts_changed.send, sender=Rule, returned=list(returned))
        transaction.on_commit(told)


def _look_again(patterns: Patterns, account: EmailAccount | None) -> None:
    """Have the earlier mail of those that ``patterns`` mean looked for.

    By the account and where its owner's capture mail arrives, or by all of them; one without folders has
    passed nothing yet.
    """
    accounts = EmailAccount.objects.filter(
        Exists(Folder.objects.filter(account=OuterRef("pk"))), erase_at=None
    )
    if account is not None:
        accounts = accounts.filter(Q(pk=account.pk) | Q(kind__in=_capturing(account)))
    everything = list(accounts.order_by("pk").values_list("pk", flat=True))
    if not patterns.has_domains and len(patterns) <= FEW:
        one_by_one = list(accounts.filter(WORKING, sweep_all=False).values_list("pk", flat=True))
        _look_for(addresses.ids(patterns.wholes).values(), one_by_one)
        everything = [pk for pk in everything if pk not in one_by_one]
    EmailAccount.objects.filter(pk__in=everything).update(sweep_all=True)
    accounts.update(wanted_at=timezone.now())


def _capturing(account: EmailAccount) -> tuple[str, ...]:
    """The kinds of mailbox in which mail of ``account`` may lie beside its own."""
    is_personal = account.kind == EmailAccount.Kind.PERSONAL
    captures = is_personal and CaptureAddress.objects.filter(user=account.owner_id).exists()
    return KINDS if captures else ()


def _look_for(address_ids: Collection[int], accounts: Collection[int]) -> None:
    rows = [Lookup(account_id=account, address_id=pk) for account in accounts for pk in sorted(address_ids)]
    for some in batches(rows, BATCH):
        Lookup.objects.bulk_create(
            some, update_conflicts=True, unique_fields=["account", "address"], update_fields=["underway"]
        )
