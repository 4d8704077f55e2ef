"""Order background work from a page, once its transaction is over."""

from django.db import transaction

from ..models import EmailAccount

#: The task that goes with a mode; none where the synchronisation is off.
BY_MODE = {EmailAccount.Mode.PREVIEW: "preview", EmailAccount.Mode.TOTAL: "sync_account"}


def order(task: str, account: EmailAccount) -> None:
    """Order the task called so ("sync_account", "preview", "audit", "erase" or "renew_access")."""

    def enqueue() -> None:
        from .. import tasks  # reads settings.HUEY when it is imported

        getattr(tasks, task)(account.pk)

    transaction.on_commit(enqueue)


def order_by_mode(account: EmailAccount, mode: str) -> None:
    """Order what ``mode`` asks for, at once: the worker's own rounds come every minute."""
    if mode in BY_MODE:
        order(BY_MODE[mode], account)
