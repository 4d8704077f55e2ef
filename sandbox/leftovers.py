"""Processes whose ``sandbox/run`` was killed: written down while it lives, found and ended by the next one.

Standard library only. A process is ours where its number, its beginning and its arguments are those
that were written down; a number alone may belong to another program by now.
"""

import json
import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

#: Seconds a process may take to end before the next, harder signal.
PATIENCE = 5


class Process(NamedTuple):
    """A process as ``ps`` knows it. ``started`` is whatever the system says, to be compared only."""

    name: str
    pid: int
    started: str
    arguments: list[str]


def write_down(path: Path, name: str, pid: int, command: list) -> None:
    """Add a process that was just started to the list at ``path``."""
    kept = [*_read(path), Process(name, pid, _started(pid), [str(part) for part in command[1:]])]
    made = path.with_suffix(".new")
    made.write_text(json.dumps(kept))
    made.replace(path)


def left_over(path: Path) -> list[Process]:
    """Those of the list that still run."""
    return [process for process in _read(path) if _lives(process)]


def end(processes: list[Process]) -> bool:
    """Ask each to end, then insist. Returns whether all of them are gone."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        for process in processes:
            if _lives(process):
                with suppress(ProcessLookupError, PermissionError):
                    # Each leads a session of its own; whatever it started is in its group.
                    os.killpg(process.pid, number)
        until = time.monotonic() + PATIENCE
        while any(map(_lives, processes)):
            if time.monotonic() > until:
                break
            time.sleep(0.05)
        else:
            return True
    return False


def _read(path: Path) -> list[Process]:
    try:
        return [Process(*row) for row in json.loads(path.read_text())]
    except (OSError, ValueError, TypeError):
        return []


def _lives(process: Process) -> bool:
    try:
        leads = os.getpgid(process.pid) == process.pid
    except (ProcessLookupError, PermissionError):
        return False
    return (
        leads
        and bool(process.started)
        and _started(process.pid) == process.started
        and _has_arguments(process.pid, process.arguments)
    )


def _started(pid: int) -> str:
    """When it began: on Linux the boot and the clock ticks since; elsewhere the second. “” if unknown."""
    try:
        # The name of the program, in brackets, may contain anything (proc(5)).
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        # A zombie has ended; somebody only has to notice.
        return "" if state == "Z" else f"{boot} {fields[18]}"
    except (OSError, IndexError):
        return _ps(pid, "lstart")


def _has_arguments(pid: int, arguments: list[str]) -> bool:
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return _ps(pid, "command").endswith(" ".join(arguments))
    return [os.fsdecode(part) for part in line.split(b"\0")[1:-1]] == arguments


def _ps(pid: int, field: str) -> str:
    try:
        done = subprocess.run(
            ["ps", "-ww", "-o", f"{field}=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip()
