"""Somebody leaves, or comes back: what becomes of their mailboxes in that moment.

Who is deactivated or deleted has left. Their mailboxes are disconnected, what opened them is forgotten, and
the rule that was decided in advance is written on each, with the day: a rule that is changed later
is for those who leave later. What goes of the mail, and when, is ``leavers_mail``'s.

Each of these may be called again and again, and by two at once.
"""

import logging
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from .. import signals
from ..models import CaptureAddress, EmailAccount
from ..sync import connection, states
from ..sync.policy import decided
from .leavers import waited

logger = logging.getLogger(__name__)

#: Characters of a name that are kept.
LONGEST_NAME = 254

#: What is written on an account nobody has left.
STAYED = {"left_at": None, "left_rule": "", "former_owner": ""}


def left(user: Any) -> None:
    """``user`` has left, or is about to be deleted. One query where there is nothing to do."""
    if not _has_something(user):
        return
    with transaction.atomic():
        # Whoever connects a mailbox holds the user first; the other way round the database would end one.
        connection.hold_sharing_still(user)
        _leave(_theirs(user).filter(left_at=None), name_of(user))
        _capture(user).update(ended_at=timezone.now())


def returned(user: Any) -> None:
    """``user`` is active again: what is left of their mail is theirs, and they connect it anew.

    Whose time was over before has lost what was not shared; connected again, it is looked for at the server.
    """
    gone = _theirs(user).filter(left_at__isnull=False)
    if not gone.exists():
        return
    with transaction.atomic():
        connection.hold_sharing_still(user)
        rows = list(gone.select_for_update().order_by("pk"))
        late = set(waited().filter(pk__in=[one.pk for one in rows]).values_list("pk", flat=True))
        EmailAccount.objects.filter(pk__in=late).update(sweep_all=True)
        EmailAccount.objects.filter(pk__in=[one.pk for one in rows]).update(**STAYED)
        for account in rows:
            signals.owner_returned.send(EmailAccount, account=account)


def mend() -> None:
    """Find who left or came back unseen: by a bulk update, by other programs, or when we failed."""
    here = get_user_model().objects.filter(is_active=True)
    personal = EmailAccount.objects.filter(kind=EmailAccount.Kind.PERSONAL, erase_at=None)
    unseen = personal.filter(left_at=None, owner__isnull=False).exclude(owner__in=here)
    capturing = CaptureAddress.objects.filter(ended_at=None).exclude(user__in=here)
    back = personal.filter(left_at__isnull=False, owner__in=here)
    for user in _users(Q(pk__in=unseen.values("owner")) | Q(pk__in=capturing.values("user"))):
        _quietly(left, user)
    for user in _users(Q(pk__in=back.values("owner"))):
        _quietly(returned, user)
    orphans = personal.filter(left_at=None, owner=None)
    if orphans.exists():
        with transaction.atomic():
            _leave(orphans, "")


def name_of(user: Any) -> str:
    """What somebody is called among us."""
    return (user.get_full_name() or user.get_username())[:LONGEST_NAME]


def _quietly(act: Any, user: Any) -> None:
    """One who cannot be dealt with now keeps nobody else."""
    try:
        act(user)
    except Exception:
        logger.exception("The mailboxes of user %s could not follow.", user.pk)


def _users(which: Q) -> list[Any]:
    # Not by the host's own manager, which may leave out who is not active.
    return list(get_user_model()._base_manager.filter(which).order_by("pk"))


def _theirs(user: Any) -> QuerySet[EmailAccount]:
    return EmailAccount.objects.filter(owner=user, kind=EmailAccount.Kind.PERSONAL, erase_at=None)


def _capture(user: Any) -> QuerySet[CaptureAddress]:
    return CaptureAddress.objects.filter(user=user, ended_at=None)


def _has_something(user: Any) -> bool:
    mine = EmailAccount.objects.filter(
        owner=OuterRef("pk"), kind=EmailAccount.Kind.PERSONAL, erase_at=None, left_at=None
    )
    captures = CaptureAddress.objects.filter(user=OuterRef("pk"), ended_at=None)
    return get_user_model()._base_manager.filter(Exists(mine) | Exists(captures), pk=user.pk).exists()


def _leave(accounts: QuerySet[EmailAccount], name: str) -> None:
    """Call it in a transaction."""
    rows = list(accounts.select_for_update().order_by("pk"))
    if not rows:
        return
    now = timezone.now()
    gone = EmailAccount.objects.filter(pk__in=[one.pk for one in rows])
    states.abandoned(gone)
    gone.update(left_at=now, left_rule=decided().leaver_rule, former_owner=name)
    for account in gone.order_by("pk"):
        signals.owner_left.send(EmailAccount, account=account)
