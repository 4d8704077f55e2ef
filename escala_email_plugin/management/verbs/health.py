"""``health``: how all mailboxes are, as JSON."""

import json
from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandError

from ...sync.health import health

HELP = "Print how all mailboxes are, as JSON; exit status 1 where one needs a person."


def run(options: dict[str, Any], say: Callable[[str], object]) -> None:
    """The same JSON as the page ``email/health.json``."""
    found = health()
    say(json.dumps(found, indent=2, ensure_ascii=False))
    if not found["ok"]:
        raise CommandError(f"{len(found['needs_a_person'])} matters need a person.")
