"""Huey tasks: each a line over one action. Arguments are ids, for they are stored and logged."""

import random

from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task

from .sync.account import sync_account as _sync_account
from .sync.due import due
from .sync.forget import forget as _forget
from .sync.lookups import spread, waiting


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


# Addresses that come to the records and leave them.


@db_task(name="escala_email.spread_lookups", expires=55)
def spread_lookups() -> None:
    """Have the earlier mail of the addresses that came looked for, at once."""
    for account_id in spread():
        sync_account(account_id)


@db_periodic_task(crontab(minute="*", strict=True), name="escala_email.spread_lookups_left_over")
def spread_lookups_left_over() -> None:
    """Every minute: what nobody ordered, or whose order was lost."""
    if waiting():
        spread_lookups()


@db_task(name="escala_email.forget")
def forget() -> None:
    """Remove the mail that has concerned no record for longer than the time of grace."""
    _forget()


@db_periodic_task(crontab(minute="0", hour="3", strict=True), name="escala_email.forget_nightly")
def forget_nightly() -> None:
    """Every night, some time within an hour: sites that share a server do not all begin at once."""
    forget.schedule(delay=random.randrange(3600))  # noqa: S311 (jitter, not a secret)
