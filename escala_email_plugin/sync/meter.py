"""What a piece of work cost, by folder and by stage: for the Run row, and who asks why it took so long."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from heapq import nlargest
from typing import Any

from ..models import Folder

#: Folders told of at most.
NAMED = 100


class Meter:
    """Counters and seconds of one run."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._stages: dict[str, float] = defaultdict(float)
        self._folders: dict[str, dict[str, float]] = {}
        self._traffic: dict[str, float] = defaultdict(float)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the seconds of what is done inside."""
        started = time.monotonic()
        try:
            yield
        finally:
            self._stages[name] += time.monotonic() - started

    @contextmanager
    def visit(self, folder: Folder) -> Iterator[None]:
        """Count the seconds of what is done inside for a folder."""
        started = time.monotonic()
        try:
            yield
        finally:
            self.count(folder, seconds=time.monotonic() - started)

    def count(self, folder: Folder, **numbers: float) -> None:
        """Add to a folder's counters."""
        counters = self._folders.setdefault(folder.name, {})
        for name, number in numbers.items():
            counters[name] = counters.get(name, 0) + number

    def traffic(self, **numbers: float) -> None:
        """Add to the counters of the connection."""
        for name, number in numbers.items():
            self._traffic[name] += number

    def _costliest(self) -> list[tuple[str, dict[str, float]]]:
        """The folders that say most: a mailbox may have twenty thousand, and each batch is told of."""
        return nlargest(NAMED, self._folders.items(), key=lambda one: one[1].get("seconds", 0))

    def told(self) -> dict[str, Any]:
        """All of it as JSON: ``seconds``, ``stages``, ``folders``, ``traffic``."""
        return {
            "seconds": _short(time.monotonic() - self._began),
            "stages": _shortened(self._stages),
            "folders": {name: _shortened(counters) for name, counters in self._costliest()},
            "traffic": _shortened(self._traffic),
        }


def _shortened(numbers: dict[str, float]) -> dict[str, float]:
    return {name: _short(number) for name, number in numbers.items()}


def _short(number: float) -> float:
    return round(number, 3)
