"""``watch``: hold a connection to every mailbox."""

import gc
import signal
from collections.abc import Callable
from typing import Any

from ...sync.watch import Watcher

HELP = "Hold a connection to every mailbox, and synchronise it when mail comes."


def run(options: dict[str, Any], say: Callable[[str], object]) -> None:
    """Watch until SIGTERM or SIGINT, then end within two seconds."""
    from ... import tasks  # sets the queue up

    # What was imported is there for good: it need not be looked at by every collection.
    gc.collect()
    gc.freeze()
    watcher = Watcher(tasks.sync_account, say)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: watcher.stop())
    watcher.run()
    say("Stopped.")
