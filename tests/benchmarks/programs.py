"""Run a program and measure it: what it printed, its CPU seconds, the most memory it held."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

#: Seconds to wait for others to leave the machine alone, and the part of it that must be idle then.
PATIENCE = float(os.environ.get("ESCALA_BENCH_PATIENCE") or 15)
IDLE = 0.8


def say(text: str) -> None:
    """Tell the person who waits."""
    print(text, file=sys.stderr, flush=True)


@dataclass(frozen=True, slots=True)
class Finished:
    """A program that came to its end: its words, its wall and CPU seconds (children included)."""

    output: str
    seconds: float
    cpu: float

    @property
    def result(self) -> dict:
        """The last line of what it printed, as JSON."""
        return json.loads(self.output.strip().splitlines()[-1])


def run(
    command: Sequence[str], environment: Mapping[str, str] | None = None, cwd: Path = ROOT, told: str = ""
) -> Finished:
    """Run ``command`` when the machine is quiet; ``told`` is its standard input.

    Raises CalledProcessError; what it says on stderr is passed on.
    """
    wait_until_quiet()
    before, start = _cpu_of_children(), time.perf_counter()
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **(environment or {})},
        input=told,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    seconds = time.perf_counter() - start
    return Finished(done.stdout, seconds, _cpu_of_children() - before)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def wait_until_quiet(patience: float = PATIENCE) -> bool:
    """Wait until the processors are idle, ``patience`` seconds at most; returns whether they are.

    Known on Linux only; elsewhere there is no waiting.
    """
    end = time.monotonic() + patience
    while (busy := _busy(0.3)) is not None and busy > 1 - IDLE:
        if time.monotonic() > end:
            return False
    return True


def _busy(seconds: float) -> float | None:
    """The part of all processors' time that was used meanwhile."""
    before = _ticks()
    if before is None:
        return None
    time.sleep(seconds)
    idle, total = (now - then for now, then in zip(_ticks(), before, strict=True))
    return 1 - idle / total if total else 0.0


def _ticks() -> tuple[int, int] | None:
    """Idle and all ticks since the start of the machine (proc(5), /proc/stat)."""
    try:
        line = Path("/proc/stat").read_text().partition("\n")[0]
    except OSError:
        return None
    user, nice, system, idle, iowait, *rest = map(int, line.split()[1:9])
    return idle + iowait, user + nice + system + idle + iowait + sum(rest)
