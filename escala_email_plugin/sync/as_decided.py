"""What an owner decided about the mail of the mailboxes that are here, for one that comes.

Who connects the same mail under another address must not show colleagues what was kept from them.
"""

from django.db.models import Min, QuerySet

from ..models import EmailAccount, Thread, ThreadLevel
from .insert import insert


def share(account: EmailAccount, others: QuerySet[EmailAccount]) -> None:
    """Let ``account``, which is not saved yet, share what the last of ``others`` does."""
    decided = others.order_by("-created_at", "-pk").first()
    if decided is not None:
        account.shares, account.level = decided.shares, decided.level


def decide_threads(account: EmailAccount, others: QuerySet[EmailAccount]) -> None:
    """Decide for ``account`` what was decided for ``others`` about conversations, the lowest of it.

    Call it in a transaction in which nobody else decides for their owner.
    """
    decided = ThreadLevel.objects.filter(account__in=others.exclude(pk=account.pk).values("pk"))
    _hold_still(decided)
    lowest = decided.order_by().values("thread").annotate(lowest=Min("level"))
    rows = [(account.pk, thread, level) for thread, level in lowest.values_list("thread", "lowest")]
    insert(
        ThreadLevel, ["account", "thread", "level", "set_at"], [(*row, account.created_at) for row in rows]
    )


def _hold_still(decided: QuerySet[ThreadLevel]) -> None:
    """No sync joins these conversations meanwhile; one that did while we waited brought others in."""
    while True:
        found = set(decided.values_list("thread", flat=True))
        threads = Thread.objects.select_for_update(no_key=True).filter(pk__in=found).order_by("pk")
        if set(threads.values_list("pk", flat=True)) == found:
            return
