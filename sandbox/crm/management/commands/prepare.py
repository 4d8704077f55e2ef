"""Make the database what the sandbox expects, in one process: each takes a second to begin."""

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Migrate the database, and load the demo's data if there is none."

    def handle(self, *args, **options):
        for command in ("migrate", "load_demo"):
            call_command(command, verbosity=options["verbosity"])
