"""What an account's messages are decided by, as of now."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from .. import addresses
from ..models import EmailAccount, Lookup, Rule
from . import erased
from .decide import Rules


def of(account: EmailAccount, contacts: Collection[str]) -> Rules:
    """The rules of ``account`` where ``contacts`` are the addresses of records among those in question.

    Only this account's own address is left out. A colleague's is what the colleague typed, and must
    not switch a customer off for everybody. Raises KeyLost.
    """
    never = Rule.objects.filter(Q(account=account) | Q(account=None), kind=Rule.Kind.NEVER_DOWNLOAD)
    return Rules(
        contacts, {account.address}, frozenset(never.values_list("pattern", flat=True)), erased.now()
    )


def leave_out(account: EmailAccount, people: Collection[str]) -> None:
    """From now on nothing is downloaded in which one of ``people`` (canonical addresses) takes part."""
    Rule.objects.bulk_create(
        [Rule(account=account, pattern=one) for one in sorted(set(people))], ignore_conflicts=True
    )


def bring_in(account: EmailAccount, address: str) -> bool:
    """Download mail in which ``address`` takes part from now on, and look for the earlier one.

    Returns whether it had been left out by this account.
    """
    with transaction.atomic():
        gone, _ = Rule.objects.filter(
            account=account, kind=Rule.Kind.NEVER_DOWNLOAD, pattern=address
        ).delete()
        if gone:
            (pk,) = addresses.ids([address]).values()
            Lookup.objects.update_or_create(account=account, address_id=pk, defaults={"underway": False})
            EmailAccount.objects.filter(pk=account.pk).update(wanted_at=timezone.now())
    return bool(gone)
