"""Before entries come to a list: which are new there, and which must not come."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db.models import Q

from ..mail.patterns import Patterns, candidates
from ..models import EmailAccount, Rule
from ..servers.hosters import HOSTERS
from .lists import entries

#: Own domains proposed at most.
MOST = 5

#: Where anybody can have an address: who writes from there is no colleague of who else does.
ANYBODYS = frozenset(domain for hoster in HOSTERS for domain in hoster.domains)


@dataclass
class Proposal:
    """What somebody wants to put on a list, as patterns.

    ``covered``: an entry that is there, or comes with them, means them already. ``own``: they mean a mailbox
    that is connected here, and never to download its mail would stop it altogether.
    """

    new: list[str] = field(default_factory=list)
    there: list[str] = field(default_factory=list)
    covered: list[str] = field(default_factory=list)
    own: list[str] = field(default_factory=list)


def propose(patterns: Collection[str], kind: str, account: EmailAccount | None) -> Proposal:
    """Sort ``patterns`` by what would become of them."""
    held = set(entries(account, kind).values_list("pattern", flat=True))
    lists, found = Patterns(held), Proposal()
    own = {pattern for address in _mailboxes(kind, account) for pattern in candidates(address)}
    coming = Patterns(one for one in patterns if one not in own)
    for one in patterns:
        if one in held:
            found.there.append(one)
        elif one in own:
            found.own.append(one)
        elif lists.covers(one) or coming.outdoes(one):
            found.covered.append(one)
        else:
            found.new.append(one)
    return found


def _mailboxes(kind: str, account: EmailAccount | None) -> list[str]:
    """The addresses that must not be on the list."""
    if kind != Rule.Kind.NEVER_DOWNLOAD:
        return []
    if account is not None:
        return [account.address]
    connected = EmailAccount.objects.exclude(state=EmailAccount.State.DISCONNECTED)
    return list(connected.values_list("address", flat=True))


def own_domains(account: EmailAccount | None) -> list[str]:
    """The domains of our own that are not on the list of who is no contact, the most frequent first.

    Of the account's address; for everybody those of all mailboxes and of who works in the admin. None
    where anybody can have an address.
    """
    addresses = [account.address] if account is not None else [*_connected(), *_staff()]
    held = entries(None, Rule.Kind.NOT_CONTACT).values_list("pattern", flat=True)
    mine = entries(account, Rule.Kind.NOT_CONTACT).values_list("pattern", flat=True)
    lists = Patterns([*held, *mine])
    domains = Counter(address.rpartition("@")[2].lower() for address in addresses)
    wanted = [one for one, _ in domains.most_common() if "." in one and one not in ANYBODYS]
    return [one for one in wanted if not lists.covers(one)][:MOST]


def _connected() -> list[str]:
    return list(EmailAccount.objects.filter(erase_at=None).values_list("address", flat=True))


def _staff() -> list[str]:
    users, name = get_user_model().objects, get_user_model().get_email_field_name()
    admin = Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin")
    may = Q(is_superuser=True) | Q(user_permissions__in=admin) | Q(groups__permissions__in=admin)
    return list(users.filter(may, is_active=True).order_by().values_list(name, flat=True).distinct())
