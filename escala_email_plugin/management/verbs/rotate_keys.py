"""``rotate_keys``: put every stored secret under the first key."""

from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandError

from ...sync.keys import rotate

HELP = (
    "Encrypt every stored secret with the first key of ESCALA_EMAIL['SECRET_KEYS']; afterwards the others "
    "can go. Exit status 1 where no key reads a secret."
)


def run(options: dict[str, Any], say: Callable[[str], object]) -> None:
    """Rotate, and say what could not be read: those mailboxes are to be connected again."""
    done = rotate()
    say(f"{done.rotated} secrets rotated, {done.already} were under the first key already.")
    if done.healed:
        say(f"The key of {_accounts(done.healed)} is back: they go on.")
    if done.is_erasure_key_lost:
        say(
            "No key reads the one that tells who was erased: no mail is brought in until it is back. Put the "
            "lost key back into SECRET_KEYS and run this again."
        )
    if done.unreadable:
        raise CommandError(
            f"No key reads the secret of {_accounts(done.unreadable)}: their owners are asked to connect "
            "again. If the key that did still exists, put it back into SECRET_KEYS and run this again."
        )
    if done.is_erasure_key_lost:
        raise CommandError("Not every secret could be read.")


def _accounts(ids: list[int]) -> str:
    return f"{'account' if len(ids) == 1 else 'accounts'} {', '.join(map(str, ids))}"
