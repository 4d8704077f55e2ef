"""``manage.py escala_email …``: what an administrator does from the shell."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...models import EmailAccount
from ...record_index import reindex
from ...sync.account import sync_account
from ...sync.due import due


class Command(BaseCommand):
    help = "Mend the index of addresses, watch for new mail, or synchronise without a worker."
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
        if options["address"]:
            ids = list(EmailAccount.objects.filter(address=options["address"]).values_list("pk", flat=True))
            if not ids:
                raise CommandError(f"No account has the address {options['address']}.")
        else:
            ids = due()
        failed = [pk for pk in ids if not sync_account(pk)]
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
