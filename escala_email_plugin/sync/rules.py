"""What an account's messages are decided by, as of now."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.functional import SimpleLazyObject

from ..mail.patterns import Patterns, candidates
from ..models import EmailAccount, Rule
from . import erased
from .decide import Rules


def of(account: EmailAccount, contacts: Collection[str]) -> Rules:
    """The rules of ``account`` where ``contacts`` are the addresses of records among those in question.

    Only this account's own address is left out. A colleague's is what the colleague typed, and must
    not switch a customer off for everybody. Who was erased is asked when somebody is decided about,
    which raises KeyLost.
    """
    entries: dict[str, list[str]] = {kind: [] for kind in Rule.Kind}
    for kind, pattern in _of(account).values_list("kind", "pattern"):
        entries[kind].append(pattern)
    return Rules(
        contacts,
        {account.address},
        never=Patterns(entries[Rule.Kind.NEVER_DOWNLOAD]),
        not_contact=Patterns(entries[Rule.Kind.NOT_CONTACT]),
        erased=SimpleLazyObject(erased.now),
    )


def _of(account: EmailAccount) -> QuerySet[Rule]:
    return Rule.objects.filter(Q(account=account) | Q(account=None))


@dataclass(frozen=True)
class Entry:
    """An entry of a list; ``is_common``: of the organisation's, and not of the mailbox's own."""

    pattern: str
    is_common: bool


def entries_for(account: EmailAccount, kind: str, people: Collection[str]) -> list[Entry]:
    """Those of the list ``kind`` that mean one of ``people`` (canonical addresses).

    The account's own come first.
    """
    wanted = {pattern for one in people for pattern in candidates(one)}
    found = _of(account).filter(kind=kind, pattern__in=wanted).values_list("pattern", "account")
    return sorted(
        (Entry(pattern, owner is None) for pattern, owner in found),
        key=lambda one: (one.is_common, one.pattern),
    )


def leave_out(account: EmailAccount, people: Collection[str], kind: str = Rule.Kind.NEVER_DOWNLOAD) -> None:
    """Put ``people`` (canonical addresses) on one of the account's own lists."""
    Rule.objects.bulk_create(
        [Rule(account=account, kind=kind, pattern=one) for one in sorted(set(people))], ignore_conflicts=True
    )
