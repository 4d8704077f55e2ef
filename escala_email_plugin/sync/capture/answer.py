"""Who captured a mail in which no contact takes part is told so: shortly, seldom, and never a program."""

import logging
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from ...mail.auto_reply import may_answer
from ...models import CaptureAddress, EmailAccount
from ..fetch import Taken
from . import answer_mail
from .letter import Filed

logger = logging.getLogger(__name__)

#: At most one answer in that time to one user, whatever comes.
EVERY = timedelta(hours=1)

#: Nobody is written to about mail that is older.
FRESH = timedelta(days=1)


def answer(
    one: CaptureAddress,
    outer: Taken,
    header: bytes,
    filed: Filed,
    mailbox: EmailAccount,
) -> bool:
    """Write to the user of ``one`` about ``outer``, of which nothing was stored; whether that was done.

    By RFC 3834: one answer to one mail, to who wrote it, who is the user; to none that a program wrote, and
    none to what an answer of ours set off. The hour is claimed before anything is sent: of two workers one
    writes, and whoever dies half-way has written nothing.
    """
    (sender,) = {person.address for person in outer.parsed.people if person.role == "from"}
    if not may_answer(header, {mailbox.address, answer_mail.our_address()}):
        return False
    if not _claim(one, outer.detail.arrived):
        return False
    try:
        answer_mail.send(one.user, sender, outer.parsed, filed)
    except Exception as error:
        # Only the kind: its text may hold addresses.
        logger.warning("The answer to capture address %s was not sent: %s.", one.pk, type(error).__name__)
        return False
    return True


def _claim(one: CaptureAddress, arrived: datetime | None) -> bool:
    """Whether an answer is due: none for an hour, and none since the mail arrived: it may be read again."""
    now = timezone.now()
    if arrived is None or arrived < now - FRESH:
        return False
    due = Q(answered_at=None) | Q(answered_at__lt=min(now - EVERY, arrived))
    return bool(CaptureAddress.objects.filter(due, pk=one.pk).update(answered_at=now))
