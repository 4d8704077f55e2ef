"""A mail that was quoted in a forward, and the same mail as it lies in a mailbox: they are shown once.

What is quoted has no Message-ID, so it is known by who wrote it, its subject and the minute it was sent, and
only among the mail of the one who forwarded it: a stranger's mail is never taken for another's.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from ...mail.parse import Parsed
from ...models import CaptureAddress, EmailAccount, Location, Message, Participant
from .. import removal
from ..fetch import Taken
from ..persistence import persistently

#: What ``mail.parse`` makes of the content where a message has no Message-ID of its own.
_MADE = Q(message__message_id__endswith="@missing.invalid")

_MINUTE = timedelta(minutes=1)

#: The places of what was forwarded.
FORWARDED = Q(part__gt=0, part__lt=Location.ALSO)


#: An address in From, the minute it was sent, the subject.
Fact = tuple[str, datetime, str]


def is_here(letter: Taken, account: EmailAccount) -> bool:
    """Whether the mailbox of ``account`` brought in the mail that ``letter`` quotes."""
    if not letter.part or letter.parsed.own_id:
        return False
    brought = account.locations.filter(message=OuterRef("message"), part__in=(0, Location.ALSO))
    found = _like([letter.parsed], Exists(brought), ~_MADE)
    return len(set().union(*found.values())) == 1


def supersede(account: EmailAccount, taken: Collection[Taken]) -> int:
    """Remove what ``account`` holds as quoted in a forward, now that it has the mail itself.

    Of ``taken`` as far as they are stored. Returns how many went.
    """
    own = [one.parsed for one in taken if one.parsed.own_id and not one.part]
    if account.kind != EmailAccount.Kind.PERSONAL or not own:
        return 0
    if not CaptureAddress.objects.filter(user=account.owner_id).exists():
        return 0
    captured = account.locations.filter(FORWARDED, message=OuterRef("message"))
    quoted = _like(own, Exists(captured), _MADE)
    if not quoted:
        return 0
    there = _stored(account, [one.key for one in own if not quoted.keys().isdisjoint(_facts(one))])
    gone = [quoted.get(fact, set()) for one in own if one.key in there for fact in _facts(one)]
    return persistently(lambda: _remove(account, set().union(*gone))) if gone else 0


def _stored(account: EmailAccount, keys: Collection[str]) -> set[str]:
    places = account.locations.filter(message__key__in=keys, part=0)
    return set(places.values_list("message__key", flat=True))


def _like(letters: Collection[Parsed], *conditions: Q | Exists) -> dict[Fact, set[int]]:
    """The messages that share a fact with one of ``letters``, by that. One query."""
    facts = set().union(*map(_facts, letters))
    if not facts:
        return {}
    minutes = [minute for _, minute, _ in facts]
    rows = Participant.objects.filter(
        *conditions,
        role="from",
        address__value__in={sender for sender, *_ in facts},
        sent_at__gte=min(minutes),
        sent_at__lt=max(minutes) + _MINUTE,
    )
    found: dict[Fact, set[int]] = defaultdict(set)
    for pk, *told in rows.values_list("message", "address__value", "sent_at", "message__subject"):
        if (fact := _fact(*told)) in facts:
            found[fact].add(pk)
    return found


def _facts(parsed: Parsed) -> set[Fact]:
    senders = {person.address for person in parsed.people if person.role == "from"}
    return {_fact(sender, parsed.sent_at, parsed.subject) for sender in senders}


def _fact(sender: str, sent_at: datetime, subject: str) -> Fact:
    return sender, sent_at.replace(second=0, microsecond=0), " ".join(subject.split()).casefold()


def _remove(account: EmailAccount, messages: Collection[int]) -> int:
    """The places of the quoted ones in this account, and the messages that have no other."""
    with transaction.atomic():
        threads = removal.lock(messages)
        account.locations.filter(FORWARDED, message__in=messages).delete()
        elsewhere = Location.objects.filter(message=OuterRef("pk"))
        alone = Message.objects.filter(~Exists(elsewhere), pk__in=messages)
        gone = list(alone.values_list("pk", flat=True))
        removal.remove(gone, threads)
    return len(gone)
