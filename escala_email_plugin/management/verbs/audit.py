"""``audit``: compare accounts with their mailboxes."""

import time
from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandError, CommandParser

from ...models import EmailAccount
from ...sync.audit import Outcome, audit
from ...sync.lease import READ, is_held
from . import audit_report
from .accounts import ids

HELP = (
    "Compare accounts with their mailboxes and fetch what is missing. Exit status: 0 nothing "
    "was missing, 1 something was, 2 an account could not be checked."
)

#: Seconds to wait for somebody who is at work on the account.
PATIENCE = 120


def arguments(parser: CommandParser) -> None:
    """Which account."""
    parser.add_argument("address", nargs="?", help="Only the account with this address; else all.")


def run(options: dict[str, Any], say: Callable[[str], object]) -> None:
    """Audit one account or all; ``audit_report`` says what the exit status means."""
    accounts = EmailAccount.objects.exclude(state=EmailAccount.State.DISCONNECTED).filter(READ)
    if options["address"]:
        accounts = EmailAccount.objects.filter(pk__in=ids(options["address"]))
    else:
        accounts = accounts.filter(mode=EmailAccount.Mode.TOTAL)
    worst = audit_report.ALL_THERE
    for account in accounts.order_by("pk"):
        outcome = _audited(account)
        worst = max(worst, audit_report.status(outcome))
        for line in audit_report.lines(account, outcome):
            say(line)
    if worst == audit_report.WAS_MISSING:
        raise CommandError("Something had been missing.", returncode=worst)
    if worst == audit_report.NOT_CHECKED:
        raise CommandError("Not every account could be checked.", returncode=worst)


def _audited(account: EmailAccount) -> Outcome | None:
    """An audit, as soon as nobody else is at work on the account."""
    until = time.monotonic() + PATIENCE
    while (outcome := audit(account.pk)) is None and is_held(account.pk) and time.monotonic() < until:
        time.sleep(1)
    return outcome
