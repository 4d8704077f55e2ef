"""What colleagues see of one conversation, as its owner decided instead of what the mailbox says.

One decision for all of an owner's personal mailboxes, connected and former ones: the same conversation may
come to another of them, or to one that is connected later (``sync.as_decided``).
"""

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery

from ..models import EmailAccount, Location, Thread, ThreadLevel
from ..sync import connection
from ..visibility import AccountQuerySet, Level


def holding(user: Any, thread_id: int) -> AccountQuerySet:
    """The personal mailboxes of ``user`` that hold or held something of the conversation, newest first."""
    places = Location.objects.filter(account=OuterRef("pk"), message__thread=thread_id)
    return _mine(user).filter(Exists(places)).order_by("-pk")


def _mine(user: Any) -> AccountQuerySet:
    return EmailAccount.objects.filter(kind=EmailAccount.Kind.PERSONAL, owner=user, erase_at=None)


def by_mailbox(account: EmailAccount) -> Level:
    """What colleagues see of its mail where nothing was decided for a conversation."""
    return Level(account.level) if account.shares else Level.NOTHING


def decided(user: Any, thread_id: int) -> Level | None:
    """What ``user`` decided for the conversation; None: as the mailbox."""
    rows = ThreadLevel.objects.filter(account__in=holding(user, thread_id), thread=thread_id)
    level = rows.order_by("-account").values_list("level", flat=True).first()
    return None if level is None else Level(level)


def holding_with_level(user: Any, thread_id: int) -> tuple[EmailAccount, Level | None] | None:
    """The newest of the mailboxes that hold it (``holding``) and what was ``decided``; None of none."""
    rows = ThreadLevel.objects.filter(account=OuterRef("pk"), thread=thread_id)
    accounts = list(holding(user, thread_id).annotate(decided=Subquery(rows.values("level"))))
    levels = [Level(one.decided) for one in accounts if one.decided is not None]
    return (accounts[0], levels[0] if levels else None) if accounts else None


@transaction.atomic
def decide(user: Any, thread_id: int, level: Level | None) -> list[EmailAccount]:
    """Let colleagues see ``level`` of the conversation in ``user``'s mailboxes; None: as the mailbox says.

    Returns the mailboxes that hold it; none where the user holds nothing of it, or it was joined to another
    conversation meanwhile, and then nothing was decided.
    """
    connection.hold_sharing_still(user)
    # A sync that joins it to another waits, and joins the decision along.
    if not Thread.objects.select_for_update(no_key=True).filter(pk=thread_id).exists():
        return []
    accounts = list(holding(user, thread_id))
    if level is None:
        ThreadLevel.objects.filter(account__in=_mine(user), thread=thread_id).delete()
        return accounts
    for account in _mine(user) if accounts else ():
        ThreadLevel.objects.update_or_create(account=account, thread_id=thread_id, defaults={"level": level})
    return accounts
