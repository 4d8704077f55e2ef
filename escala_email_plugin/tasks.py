"""Huey tasks: each a line over one action. Arguments are ids, for they are stored and logged."""

from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task

from .sync.account import sync_account as _sync_account
from .sync.due import due
from .sync.preview import due as previews_due
from .sync.preview import preview as _preview


# It expires before the next one is ordered: a busy worker must not log in ten times in a row.
@db_task(name="escala_email.sync_account", expires=55)
def sync_account(account_id: int) -> None:
    """Synchronise one account. Harmless when somebody is at it already."""
    _sync_account(account_id)


@db_periodic_task(crontab(minute="*", strict=True), name="escala_email.sync_due_accounts")
def sync_due_accounts() -> None:
    """Every minute: one task for each account whose time has come."""
    for account_id in due():
        sync_account(account_id)


@db_task(name="escala_email.preview", expires=55)
def preview(account_id: int) -> None:
    """Count what a first synchronisation of one account would bring."""
    _preview(account_id)


@db_periodic_task(crontab(minute="*", strict=True), name="escala_email.preview_due_accounts")
def preview_due_accounts() -> None:
    """Every minute: one task for each preview that was never begun or did not come to its end."""
    for account_id in previews_due():
        preview(account_id)
