"""The sandbox's processes: started together, watched, and stopped together. Standard library only."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from sandbox.leftovers import write_down

#: Seconds a process may take to end before the next, harder signal.
PATIENCE = 5

#: Lines of a log that are shown where a process ended by itself.
SHOWN = 15


class Child:
    """A process in a session of its own, so that a Ctrl-C in the terminal does not reach it before us."""

    def __init__(self, name: str, command: list, log: Path, folder: Path, variables: dict) -> None:
        self.name, self.log = name, log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def ended(self) -> bool:
        return self.process.poll() is not None

    def last_lines(self) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-SHOWN:])

    def signal(self, number: int) -> None:
        """To the process and whatever it started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)


class Children:
    """All of them, written down in the file ``notes`` until they are stopped."""

    def __init__(self, notes: Path) -> None:
        self._all: list = []
        self._notes = notes
        notes.unlink(missing_ok=True)

    def start(self, child: Child) -> Child:
        self._all.append(child)
        write_down(self._notes, child.name, child.process.pid, child.process.args)
        return child

    def ended(self):
        """The first that ended by itself, or None."""
        return next((child for child in self._all if child.ended()), None)

    def stop(self) -> None:
        """Ask each to end (Huey takes SIGINT as “finish what you do”), then insist. None is left over."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            for child in self._all:
                child.signal(number)
            until = time.monotonic() + PATIENCE
            while time.monotonic() < until and not all(child.ended() for child in self._all):
                time.sleep(0.05)
            if all(child.ended() for child in self._all):
                break
        for child in self._all:
            # A process that ended may have left children of its own in its group.
            child.signal(signal.SIGKILL)
            child.process.wait()
        self._notes.unlink(missing_ok=True)
