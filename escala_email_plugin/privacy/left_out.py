"""What is stored and a list leaves out now goes, where that was ordered with the entry.

What goes from an account are its places of those messages that it would not take if they came today:
where somebody takes part who is never downloaded, or nobody any more who is a contact. A message without
another place goes with them. In batches, each a transaction; whoever comes after a death finds the rest.

A synchronisation that decided just before the entry came may record just after we looked. So an order
stands until a pass that began some minutes later.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from .. import addresses, conf
from ..batches import batches
from ..mail.patterns import Patterns
from ..models import Address, EmailAccount, Location, Message, Participant, RecordAddress, Rule
from ..sync import removal, rules
from ..sync.decide import decide
from ..sync.persistence import persistently
from ..visibility import CORRESPONDENTS

#: Messages looked at in one transaction.
BATCH = 200

#: Longer than it takes from a decision to the commit of what was decided.
SETTLED = timedelta(minutes=5)

_ORDERED = Rule.objects.filter(remove_from__isnull=False)


def is_due() -> bool:
    """Whether ``remove`` has anything to do; cheap."""
    return _ORDERED.all().exists()


def remove() -> int:
    """Remove what was ordered; returns how many places it was.

    Safe beside whoever records, and twice at once.
    """
    began = timezone.now()
    ordered: dict[int | None, dict[int, str]] = defaultdict(dict)
    for pk, account, pattern in _ORDERED.values_list("pk", "account", "pattern"):
        ordered[account][pk] = pattern
    removed = 0
    for account, some in ordered.items():
        for one in _accounts(account):
            removed += _remove_from(one, Patterns(some.values()))
        # Each on its own: an entry that was taken off and put on again meanwhile has an order of its own.
        for pks in batches(some, BATCH):
            Rule.objects.filter(pk__in=pks, remove_from__lt=began - SETTLED).update(remove_from=None)
    return removed


def _accounts(account: int | None) -> Iterator[EmailAccount]:
    accounts = EmailAccount.objects.filter(erase_at=None).order_by("pk")
    return (accounts if account is None else accounts.filter(pk=account)).iterator()


def _remove_from(account: EmailAccount, patterns: Patterns) -> int:
    removed = 0
    for address in addresses.matching(patterns):
        for messages in _messages(address, account):
            removed += persistently(lambda messages=messages: _remove(messages, account))
    return removed


def _messages(address: int, account: EmailAccount) -> Iterator[list[int]]:
    """The messages at the account in which the address takes part, in batches."""
    here = Location.objects.filter(account=account, message=OuterRef("message"))
    theirs = Participant.objects.filter(Exists(here), address=address, role__in=CORRESPONDENTS)
    last = 0
    while True:
        rest = theirs.filter(message__gt=last).order_by("message")
        some = list(rest.values_list("message", flat=True).distinct()[:BATCH])
        if not some:
            return
        yield some
        last = some[-1]


def _remove(messages: Collection[int], account: EmailAccount) -> int:
    with transaction.atomic():
        threads = removal.lock(messages)
        unwanted = _unwanted(messages, account)
        places = list(
            Location.objects.filter(account=account, message__in=unwanted).values_list("pk", flat=True)
        )
        elsewhere = Location.objects.filter(message=OuterRef("pk")).exclude(pk__in=places)
        alone = Message.objects.filter(~Exists(elsewhere), pk__in=unwanted)
        removal.remove(list(alone.values_list("pk", flat=True)), threads)
        Participant.objects.filter(location__in=places).delete()
        Location.objects.filter(pk__in=places).delete()
    return len(places)


def _unwanted(messages: Collection[int], account: EmailAccount) -> set[int]:
    """Those of ``messages`` that the account would not take if they came today.

    A Bcc counts where one of its own copies shows it. Who left the records a short while ago counts as a
    contact still, as in ``forget``.
    """
    people: dict[int, set[str]] = {message: set() for message in messages}
    rows = Participant.objects.filter(
        Q(location=None) | Q(location__account=account), message__in=messages, role__in=CORRESPONDENTS
    )
    for message, value in rows.values_list("message", "address__value"):
        people[message].add(value)
    now = rules.of(account, _contacts(messages))
    return {message for message, some in people.items() if not decide(some, now).take}


def _contacts(messages: Collection[int]) -> set[str]:
    before = timezone.now() - conf.grace()
    recorded = Exists(RecordAddress.objects.filter(address=OuterRef("pk")))
    found = Address.objects.filter(
        recorded | Q(left_at__gte=before),
        pk__in=Participant.objects.filter(message__in=messages).values("address"),
    )
    return set(found.values_list("value", flat=True))
