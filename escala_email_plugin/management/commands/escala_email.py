"""``manage.py escala_email …``: what an administrator does from the shell."""

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...models import EmailAccount
from ...record_index import reindex
from ...sync import telling
from ...sync.account import sync_account
from ...sync.audit import Outcome, audit
from ...sync.due import due
from ...sync.forget import forget
from ...sync.health import health
from ...sync.lease import READ, is_held
from ...sync.lookups import spread
from .. import audit_report

#: Seconds to wait for somebody who is at work on the account.
PATIENCE = 120


class Command(BaseCommand):
    help = "Mend the index of addresses, watch for mail, synchronise without a worker, check what is there."
    # The host's own are for its other commands: they load every page, and the watcher keeps what is loaded.
    requires_system_checks = ["escala_email"]

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        verbs.add_parser(
            "reindex",
            help="Read every record's addresses again: needed after bulk writes and imports, "
            "and after ESCALA_EMAIL['MODULES'] changed.",
        )
        sync = verbs.add_parser("sync", help="Synchronise here and now, without a worker.")
        sync.add_argument(
            "address", nargs="?", help="Only the account with this address; else all that are due."
        )
        audit = verbs.add_parser(
            "audit",
            help="Compare accounts with their mailboxes and fetch what is missing. Exit status: 0 nothing "
            "was missing, 1 something was, 2 an account could not be checked.",
        )
        audit.add_argument("address", nargs="?", help="Only the account with this address; else all.")
        verbs.add_parser(
            "health", help="Print how all mailboxes are, as JSON; exit status 1 where one needs a person."
        )
        verbs.add_parser(
            "forget", help="Remove now what has concerned no record for longer than the time of grace."
        )
        verbs.add_parser(
            "watch", help="Hold a connection to every mailbox, and synchronise it when mail comes."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, options["verb"])(options)

    def reindex(self, options: dict[str, Any]) -> None:
        """Mend RecordAddress, in bounded memory, saying how far it is."""
        last: dict[str, tuple[int, int]] = {}
        for label, read, changed in reindex():
            last[label] = (read, changed)
            if options["verbosity"] > 1:
                self.stdout.write(f"{label}: {read}")
        for label, (read, changed) in last.items():
            self.stdout.write(f"{label}: {read} records read, {changed} addresses mended.")

    def sync(self, options: dict[str, Any]) -> None:
        """Synchronise one account or all that are due; fails where one did not come to its end."""
        spread()
        ids = _ids(options["address"]) if options["address"] else due()
        failed = [pk for pk in ids if not sync_account(pk)]
        _tell_of_reconnect()
        self.stdout.write(f"{len(ids) - len(failed)} of {len(ids)} accounts synchronised.")
        if failed:
            raise CommandError("Not synchronised to the end: account " + ", ".join(map(str, failed)) + ".")

    def watch(self, options: dict[str, Any]) -> None:
        """Watch every account until the process is told to stop."""
        from ..watching import watch  # the queue is set up by importing it

        def say(sentence: str) -> None:
            self.stdout.write(sentence)
            self.stdout.flush()  # a journal is a pipe, and would get it hours later

        watch(say)

    def health(self, options: dict[str, Any]) -> None:
        """The same JSON as the page ``email/health/``."""
        found = health()
        self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False))
        if not found["ok"]:
            raise CommandError(f"{len(found['needs_a_person'])} matters need a person.")

    def audit(self, options: dict[str, Any]) -> None:
        """Audit one account or all; ``audit_report`` says what the exit status means."""
        accounts = EmailAccount.objects.exclude(state=EmailAccount.State.DISCONNECTED).filter(READ)
        if options["address"]:
            accounts = EmailAccount.objects.filter(pk__in=_ids(options["address"]))
        else:
            accounts = accounts.filter(mode=EmailAccount.Mode.TOTAL)
        worst = audit_report.ALL_THERE
        for account in accounts.order_by("pk"):
            outcome = _audited(account)
            worst = max(worst, audit_report.status(outcome))
            for line in audit_report.lines(account, outcome):
                self.stdout.write(line)
        if worst == audit_report.WAS_MISSING:
            raise CommandError("Something had been missing.", returncode=worst)
        if worst == audit_report.NOT_CHECKED:
            raise CommandError("Not every account could be checked.", returncode=worst)

    def forget(self, options: dict[str, Any]) -> None:
        """Remove mail that concerns no record any more, as the worker does every night."""
        done = forget()
        self.stdout.write(f"{done.messages} messages and {done.files} files removed.")


def _tell_of_reconnect() -> None:
    """Where a worker runs it does this, and one of the two comes first."""
    for account_id in telling.untold():
        if claimed := telling.claim(account_id):
            telling.tell(account_id, *claimed)


def _ids(address: str) -> list[int]:
    ids = list(EmailAccount.objects.filter(address=address).values_list("pk", flat=True))
    if not ids:
        raise CommandError(f"No account has the address {address}.")
    return ids


def _audited(account: EmailAccount) -> Outcome | None:
    """An audit, as soon as nobody else is at work on the account."""
    until = time.monotonic() + PATIENCE
    while (outcome := audit(account.pk)) is None and is_held(account.pk) and time.monotonic() < until:
        time.sleep(1)
    return outcome
