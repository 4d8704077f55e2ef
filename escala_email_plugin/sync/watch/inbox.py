"""Calls that other threads leave for the loop, which sleeps in a selector."""

import queue
import socket
from collections.abc import Callable
from contextlib import suppress


class Inbox:
    """Left by ``put`` from any thread or signal handler, done by ``empty`` in the loop's thread."""

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._ours, self._theirs = socket.socketpair()
        self._ours.setblocking(False)
        self._theirs.setblocking(False)

    def fileno(self) -> int:
        """What a selector watches: it can be read when there are calls."""
        return self._ours.fileno()

    def put(self, call: Callable[[], None]) -> None:
        """Leave a call, and wake the loop."""
        self._calls.put(call)
        with suppress(OSError):  # full: the loop will wake all the same; closed: it has ended
            self._theirs.send(b"\0")

    def empty(self) -> None:
        """Do everything that was left."""
        with suppress(BlockingIOError):
            while self._ours.recv(4096):
                pass
        with suppress(queue.Empty):
            while True:
                self._calls.get_nowait()()

    def close(self) -> None:
        """The loop has ended."""
        self._ours.close()
        self._theirs.close()
