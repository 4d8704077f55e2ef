"""What an account's messages are decided by, as of now."""

from collections.abc import Collection

from django.db.models import Q

from ..models import EmailAccount, Rule
from .decide import Rules


def of(account: EmailAccount, contacts: Collection[str]) -> Rules:
    """The rules of ``account`` where ``contacts`` are the addresses of records among those in question.

    Only this account's own address is left out. A colleague's is what the colleague typed, and must
    not switch a customer off for everybody.
    """
    never = Rule.objects.filter(Q(account=account) | Q(account=None), kind=Rule.Kind.NEVER_DOWNLOAD)
    return Rules(contacts, {account.address}, frozenset(never.values_list("pattern", flat=True)))


def leave_out(account: EmailAccount, addresses: Collection[str]) -> None:
    """From now on nothing is downloaded in which one of ``addresses`` (canonical) takes part."""
    Rule.objects.bulk_create(
        [Rule(account=account, pattern=one) for one in sorted(set(addresses))], ignore_conflicts=True
    )
