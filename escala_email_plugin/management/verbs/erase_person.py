"""``erase_person``: remove all mail of an address, and keep it from coming back."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandError

from ...mail.addresses import BadAddress, canonical
from ...models import Erasure
from ...privacy import erase_person
from ...privacy.person_holdings import Holdings, what_there_is
from ...sync.erased import KeyLost

HELP = (
    "Remove all mail of a person, redact the mail in which other contacts take part, and bring in "
    "nothing of them any more. Prints the report. Exit status 1 where it could not be finished."
)


def arguments(parser: ArgumentParser) -> None:
    """The addresses, and whether only to look."""
    parser.add_argument("addresses", nargs="+", metavar="ADDRESS")
    parser.add_argument("--dry-run", action="store_true", help="only count what there is; change nothing")


def run(options: dict[str, Any], say: Callable[[str], object]) -> None:
    """Erase now, without a worker; ask nothing. The report names no address."""
    people = [_read(one) for one in options["addresses"]]
    if options["dry_run"]:
        say(json.dumps(counted(what_there_is(people)), indent=2))
        return
    try:
        rows = erase_person.order(people)
    except erase_person.OwnMailbox:
        raise CommandError(
            "One of these is the address of a mailbox here. Delete the mailbox instead."
        ) from None
    except KeyLost:
        raise CommandError(
            "The key of earlier erasures is lost: see “manage.py escala_email doctor”."
        ) from None
    for row in rows:
        while not erase_person.erase(row.pk) and row.pk in erase_person.due():
            pass  # somebody wrote meanwhile, or another worker is at it
        say(json.dumps(erase_person.report(Erasure.objects.get(pk=row.pk)), indent=2))


def _read(address: str) -> str:
    try:
        return canonical(address.strip())
    except BadAddress:
        raise CommandError("One of these is no e-mail address.") from None


def counted(there: Holdings) -> dict[str, Any]:
    """What would go."""
    found = {"removed": there.removed, "redacted": there.redacted, **there.more}
    return {**found, "mailboxes": there.mailboxes, "is_more": there.is_more}
