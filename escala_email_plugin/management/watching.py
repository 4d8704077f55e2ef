"""``manage.py escala_email watch``: the process round the watcher."""

import gc
import signal
from collections.abc import Callable

from .. import tasks
from ..sync.watch import Watcher


def watch(say: Callable[[str], object]) -> None:
    """Watch until SIGTERM or SIGINT, then end within two seconds."""
    # What was imported is there for good: it need not be looked at by every collection.
    gc.collect()
    gc.freeze()
    watcher = Watcher(tasks.sync_account, say)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: watcher.stop())
    watcher.run()
    say("Stopped.")
