"""``manage.py escala_email …``: what an administrator does from the shell."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...models import EmailAccount
from ...record_index import reindex
from ...sync.account import sync_account
from ...sync.due import due
from ...sync.forget import forget
from ...sync.lookups import spread


class Command(BaseCommand):
    help = "Mend the index of addresses, or synchronise without a worker."

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
            "forget", help="Remove now what has concerned no record for longer than the time of grace."
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
        spread()
        failed = [pk for pk in ids if not sync_account(pk)]
        self.stdout.write(f"{len(ids) - len(failed)} of {len(ids)} accounts synchronised.")
        if failed:
            raise CommandError("Not synchronised to the end: account " + ", ".join(map(str, failed)) + ".")

    def forget(self, options: dict[str, Any]) -> None:
        """Remove mail that concerns no record any more, as the worker does every night."""
        done = forget()
        self.stdout.write(f"{done.messages} messages and {done.files} files removed.")
