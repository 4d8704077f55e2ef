"""``sync``: synchronise without a worker."""

from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandError, CommandParser

from ...privacy.access import telling as request_telling
from ...sync import telling
from ...sync.account import sync_account
from ...sync.due import due
from ...sync.lookups import spread
from .accounts import ids

HELP = "Synchronise here and now, without a worker."


def arguments(parser: CommandParser) -> None:
    """Which account."""
    parser.add_argument(
        "address", nargs="?", help="Only the account with this address; else all that are due."
    )


def run(options: dict[str, Any], say: Callable[[str], object]) -> None:
    """Synchronise one account or all that are due; fails where one did not come to its end."""
    spread()
    wanted = ids(options["address"]) if options["address"] else due()
    failed = [pk for pk in wanted if not sync_account(pk)]
    _tell()
    say(f"{len(wanted) - len(failed)} of {len(wanted)} accounts synchronised.")
    if failed:
        raise CommandError("Not synchronised to the end: account " + ", ".join(map(str, failed)) + ".")


def _tell() -> None:
    """Of what must be connected again, and of questions for access.

    Where a worker runs it does so too, and one of the two is first.
    """
    for account_id in telling.untold():
        if claimed := telling.claim(account_id):
            telling.tell(account_id, *claimed)
    for request_id in request_telling.untold():
        if told_at := request_telling.claim(request_id):
            request_telling.tell(request_id, told_at)
