"""``forget``: remove what concerns no record any more."""

from collections.abc import Callable
from typing import Any

from ...sync.forget import forget

HELP = "Remove now what has concerned no record for longer than the time of grace."


def run(options: dict[str, Any], say: Callable[[str], object]) -> None:
    """Remove mail that concerns no record any more, as the worker does every night."""
    done = forget()
    say(f"{done.messages} messages and {done.files} files removed.")
