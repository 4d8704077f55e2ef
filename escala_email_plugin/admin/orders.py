"""Order background work from a page, once its transaction is over."""

from django.db import transaction

from ..models import EmailAccount, Erasure
from ..sync.credentials import TokenStale
from ..sync.sentences import sentence_of

#: The task that goes with a mode; none where the synchronisation is off.
BY_MODE = {EmailAccount.Mode.PREVIEW: "preview", EmailAccount.Mode.TOTAL: "sync_account"}


def order(task: str, row: EmailAccount | Erasure) -> None:
    """Order the task called so ("sync_account", "preview", "audit", "erase", "renew_access" of an account,
    "erase_person" of an erasure).
    """

    def enqueue() -> None:
        from .. import tasks  # reads settings.HUEY when it is imported

        getattr(tasks, task)(row.pk)

    transaction.on_commit(enqueue)


def order_for_all(task: str) -> None:
    """Order a task that is about no single account: it finds by itself what there is to do."""

    def enqueue() -> None:
        from .. import tasks  # reads settings.HUEY when it is imported

        getattr(tasks, task)()

    transaction.on_commit(enqueue)


def order_by_mode(account: EmailAccount, mode: str) -> None:
    """Order what ``mode`` asks for, at once: the worker's own rounds come every minute."""
    if mode in BY_MODE:
        order(BY_MODE[mode], account)


def order_access(account: EmailAccount, stale: TokenStale) -> str:
    """Order another token instead of the one that has ended; returns what is said of it meanwhile.

    Where the consent is over none will come, and that is said.
    """
    if account.state == EmailAccount.State.RECONNECT:
        return sentence_of(account, account.trouble)
    order("renew_access", account)
    return str(stale)
