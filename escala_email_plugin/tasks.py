"""Huey tasks: each a line over one action. Arguments are ids, for they are stored and logged."""

import gc
import random
from contextlib import suppress

from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task, on_startup

from . import conf
from .sync.account import sync_account as _sync_account
from .sync.audit import audit as _audit
from .sync.due import due, is_due
from .sync.forget import forget as _forget
from .sync.lease import is_held
from .sync.lookups import spread, waiting
from .sync.nightly import due as audits_due
from .sync.preview import due as previews_due
from .sync.preview import preview as _preview
from .sync.progress import tidy

#: Seconds after which a long synchronisation makes room for the other accounts.
SHIFT = 180

#: Seconds until an audit is tried again that found somebody at work on its account, and how often it is.
AUDIT_PAUSE, AUDIT_ATTEMPTS = 300, 12


@on_startup("escala_email.settle_in")
def settle_in() -> None:
    """Each worker before its first task: what would otherwise delay a synchronisation.

    What was imported is there for good: no collection need look at it again, and a full one takes 50 ms less.
    """
    with suppress(OSError):  # each account says so
        conf.ssl_context()
    gc.collect()
    gc.freeze()


# It expires before the next one is ordered: a busy worker must not log in ten times in a row.
@db_task(name="escala_email.sync_account", expires=55)
def sync_account(account_id: int) -> None:
    """Synchronise one account; what takes long goes to the end of the queue again and again.

    Harmless when somebody is at it already.
    """
    _sync_account(account_id, SHIFT)
    if is_due(account_id):
        sync_account(account_id)


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


@db_task(name="escala_email.audit")
def audit(account_id: int, attempt: int = 1) -> None:
    """Compare one account with its mailbox; later, where somebody else is at work on it."""
    if _audit(account_id) is None and is_held(account_id) and attempt < AUDIT_ATTEMPTS:
        audit.schedule((account_id, attempt + 1), delay=AUDIT_PAUSE)


@db_periodic_task(crontab(minute="*/5", strict=True), name="escala_email.audit_due_accounts")
def audit_due_accounts() -> None:
    """In the quiet hours: one task for each account whose time has come."""
    for account_id in audits_due():
        audit(account_id, expires=290)


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
    """Remove the mail that has concerned no record for longer than the time of grace, and old runs."""
    _forget()
    tidy()


@db_periodic_task(crontab(minute="0", hour="3", strict=True), name="escala_email.forget_nightly")
def forget_nightly() -> None:
    """Every night, some time within an hour: sites that share a server do not all begin at once."""
    forget.schedule(delay=random.randrange(3600))  # noqa: S311 (jitter, not a secret)
