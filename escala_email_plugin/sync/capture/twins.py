"""A mail that was quoted in a forward, and the same mail as it lies in a mailbox: they are shown once.

What is quoted has no Message-ID, so it is known by who wrote it, its subject and the minute it was sent, and
only among the mail of the one who forwarded it: a stranger's mail is never taken for another's.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from ...mail.parse import Parsed
from ...models import CaptureAddress, EmailAccount, Location, Message, Participant
from .. import removal
from ..fetch import Taken
from ..persistence import persistently

#: What ``mail.parse`` makes of the content where a message has no Message-ID of its own.
_MADE_ID = "@missing.invalid"

_MINUTE = timedelta(minutes=1)

#: The places of what was forwarded.
FORWARDED = Q(part__gt=0, part__lt=Location.ALSO)


def is_here(letter: Taken, account: EmailAccount) -> bool:
    """Whether the mailbox of ``account`` brought in the mail that ``letter`` quotes."""
    if not letter.part or letter.parsed.own_id:
        return False
    brought = Location.objects.filter(message=OuterRef("pk"), account=account, part__in=(0, Location.ALSO))
    found = _like(letter.parsed).exclude(message_id__endswith=_MADE_ID).filter(Exists(brought))
    return len(_same_subject(found, letter.parsed)) == 1


def supersede(account: EmailAccount, taken: Collection[Taken]) -> int:
    """Remove what ``account`` holds as quoted in a forward, now that it has the mail itself in ``taken``.

    Returns how many went. Call it when ``taken`` are stored.
    """
    if account.kind != EmailAccount.Kind.PERSONAL or not taken:
        return 0
    if not CaptureAddress.objects.filter(user=account.owner_id).exists():
        return 0
    quoted = {
        pk for one in taken if one.parsed.own_id and not one.part for pk in _quoted(account, one.parsed)
    }
    return persistently(lambda: _remove(account, quoted)) if quoted else 0


def _quoted(account: EmailAccount, parsed: Parsed) -> list[int]:
    captured = account.locations.filter(FORWARDED, message=OuterRef("pk"))
    found = _like(parsed).filter(Exists(captured), message_id__endswith=_MADE_ID)
    return _same_subject(found, parsed)


def _like(parsed: Parsed) -> QuerySet[Message]:
    """Messages of the same sender and minute."""
    senders = [person.address for person in parsed.people if person.role == "from"]
    begins = _floor(parsed.sent_at)
    wrote = Participant.objects.filter(
        role="from", address__value__in=senders, sent_at__gte=begins, sent_at__lt=begins + _MINUTE
    )
    return Message.objects.filter(pk__in=wrote.values("message"))


def _floor(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _same_subject(messages: QuerySet[Message], parsed: Parsed) -> list[int]:
    wanted = " ".join(parsed.subject.split()).casefold()
    rows = messages.values_list("pk", "subject")
    return [pk for pk, subject in rows if " ".join(subject.split()).casefold() == wanted]


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
