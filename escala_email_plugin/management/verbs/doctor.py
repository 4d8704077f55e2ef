"""``doctor``: what is wrong, and what to do about it."""

import json
from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

HELP = (
    "Say what is wrong and what to do about it. Exit status: 0 all is well, 1 something needs a person, 2 "
    "something could not be looked at."
)

#: Exit statuses, for monitoring; the highest counts.
WELL, NEEDS_A_PERSON, NOT_SEEN = 0, 1, 2


def arguments(parser: CommandParser) -> None:
    """How to say it, and whether to ask the mail servers."""
    parser.add_argument("--json", action="store_true", help="For machines.")
    parser.add_argument(
        "--network", action="store_true", help="Log in to every mailbox's servers as well, one after another."
    )


def run(options: dict[str, Any], say: Callable[[str], object]) -> None:
    """Every finding in a line, or all of them as JSON."""
    from ..doctor import examine  # the watcher keeps what is loaded, and needs none of it

    findings = []
    for finding in examine(network=options["network"]):
        findings.append(finding)
        if not options["json"]:
            say(finding.line)
    status = _status([one.level for one in findings])
    if options["json"]:
        rows = [one.row for one in findings]
        found = {"at": timezone.now().isoformat(), "ok": status == WELL, "status": status, "findings": rows}
        say(json.dumps(found, indent=2, ensure_ascii=False))
    if status == NEEDS_A_PERSON:
        raise CommandError("Something needs a person.", returncode=status)
    if status == NOT_SEEN:
        raise CommandError("Not everything could be looked at.", returncode=status)


def _status(levels: list[int]) -> int:
    from ..doctor import Level

    if Level.UNKNOWN in levels:
        return NOT_SEEN
    return NEEDS_A_PERSON if Level.WRONG in levels else WELL
