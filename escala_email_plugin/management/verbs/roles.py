"""``roles``: give the groups of a site that had them before the plugin what they lack."""

from collections.abc import Callable
from typing import Any

from ... import roles

HELP = "Make the groups Ventas and Administradores, or give those that are there what they lack."


def run(options: dict[str, Any], say: Callable[[str], object]) -> None:
    """Make or extend the two groups. Nothing is taken from a group."""
    changed = roles.make(extend=True)
    for name in roles.ROLES:
        say(f"{name}: {'has been given its permissions' if name in changed else 'lacks nothing'}.")
