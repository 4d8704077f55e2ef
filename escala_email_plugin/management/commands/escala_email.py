"""``manage.py escala_email …``: what an administrator does from the shell. A verb is a file of ``verbs``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ..verbs import VERBS


class Command(BaseCommand):
    help = "See what is wrong, mend the index of addresses, watch for mail, synchronise, check what is there."
    # The host's own are for its other commands: they load every page, and the watcher keeps what is loaded.
    requires_system_checks = ["escala_email"]

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        for name, verb in VERBS.items():
            takes = verbs.add_parser(name, help=verb.HELP)
            if hasattr(verb, "arguments"):
                verb.arguments(takes)

    def execute(self, *args: Any, **options: Any) -> Any:
        if options["verb"] == "doctor":
            options["skip_checks"] = True  # it tells what they say, and goes on
        return super().execute(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        VERBS[options["verb"]].run(options, self._say)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()  # a journal is a pipe, and would get it hours later
