"""Several workers of Huey's at once, as a site runs them, on the database and for the accounts of a test.

    with Crew(4, folder) as crew:
        crew.order(tasks.sync_account, account.pk)
        crew.kill_one()

On PostgreSQL they are processes that share a Redis, on SQLite threads of one process, with a queue in a file.
"""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

from django.db import connection
from huey import PriorityRedisHuey, SqliteHuey
from huey.contrib.djhuey import HUEY

from tests.servers.redis_server import Redis

from .mortal import ROOT, places

#: Seconds after which a dead worker's accounts are free.
LEASE = 8


class Crew:
    """``number`` workers; ``folder`` holds their queue, where it is a file, and what they say."""

    def __init__(self, number: int, folder: Path):
        self._folder = folder
        self._processes: list[subprocess.Popen] = []
        self._open = contextlib.ExitStack()
        shares_a_file = connection.vendor == "sqlite"
        self._count, self._threads = (1, number) if shares_a_file else (number, 1)

    def __enter__(self) -> "Crew":
        self._place = self._queue_place()
        kind, where = (
            (PriorityRedisHuey, {"url": self._place})
            if self._place.startswith("redis:")
            else (SqliteHuey, {"filename": self._place})
        )
        self._queue = kind("tests", **where)
        # The tests' own queue knows the tasks; the workers wait at another one.
        self._queue._registry = HUEY._registry
        for _ in range(self._count):
            self._hire()
        return self

    def __exit__(self, *exc_info) -> None:
        for process in self._processes:
            process.kill()
            process.wait()
        self._open.close()

    def order(self, task, *arguments: int) -> None:
        """Put a task into the queue."""
        self._queue.enqueue(task.s(*arguments))

    def kill_one(self) -> None:
        """kill -9 for one process, and another in its place."""
        process = self._processes.pop(0)
        process.kill()
        process.wait()
        self._hire()

    def said(self) -> str:
        """What the workers have written."""
        return "".join(file.read_text() for file in sorted(self._folder.glob("worker*")))

    def _queue_place(self) -> str:
        if connection.vendor == "sqlite":
            return str(self._folder / "queue.sqlite3")
        redis = self._open.enter_context(Redis())
        return f"redis://{redis.host}:{redis.port}/0"

    def _hire(self) -> None:
        told = {"ESCALA_TEST_QUEUE": self._place, "ESCALA_TEST_LEASE": str(LEASE)}
        number = len(list(self._folder.glob("worker*")))
        options = f"-w {self._threads} -k thread --no-periodic --max-delay 0.2".split()
        with (self._folder / f"worker{number}").open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "django", "run_huey", *options],
                cwd=ROOT,
                env={**os.environ, **places(), **told},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._processes.append(process)
