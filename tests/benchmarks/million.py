"""A large database to read from, made once and kept: 1,000,000 messages of 100,000 people in 50 mailboxes.

    python -m tests.benchmarks.million --database sqlite --messages 1000000

It lies in a folder under the system's temporary one, a database for each state of the tables, and is removed
by ``--remove``. It is filled as the tables are before a text is searched in them; the later migrations then
run on it as they would on a host's mail.
"""

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .postgresql import Postgresql, is_here
from .programs import ROOT, say

CACHE = Path(tempfile.gettempdir()) / "escala-bench-million"
#: Of what is put in: another one makes a database anew.
VERSION = 2
#: Below the name of the folder, what says that all is there.
WORLD = "world.json"
SETTINGS = "tests.benchmarks.settings"


def state() -> str:
    """A name for the tables of now and what is put in them."""
    sources = sorted((ROOT / "escala_email_plugin" / "migrations").glob("0*.py"))
    told = hashlib.sha256(b"".join(one.read_bytes() for one in sources))
    return f"{VERSION}-{told.hexdigest()[:10]}"


@contextmanager
def opened(database: str, messages: int) -> Iterator[dict[str, str]]:
    """The environment of a process that reads from it; made before, where it is not there.

    Who measures on PostgreSQL is alone with it.
    """
    folder = CACHE / f"{database}-{messages}-{state()}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / WORLD).exists():
            # What a run that was broken off left.
            shutil.rmtree(folder / "cluster", ignore_errors=True)
            (folder / "db.sqlite3").unlink(missing_ok=True)
        with _served(folder, database) as environment:
            if not (folder / WORLD).exists():
                _make(folder, messages, environment)
            yield environment


@contextmanager
def _served(folder: Path, database: str) -> Iterator[dict[str, str]]:
    environment = {"SANDBOX_VAR": str(folder), "DJANGO_SETTINGS_MODULE": SETTINGS}
    if database == "sqlite":
        yield environment
        return
    with Postgresql(folder / "cluster") as server:
        yield {**environment, **server.kept()}


def _make(folder: Path, messages: int, environment: dict[str, str]) -> None:
    say(f"Making {folder} …")
    started = time.monotonic()
    command = [sys.executable, "-m", "tests.benchmarks.million_fill", str(messages)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True
    )
    (folder / WORLD).write_text(done.stdout.strip().splitlines()[-1])
    say(f"It took {time.monotonic() - started:.0f} seconds.")


def world() -> dict:
    """Who reads what in the database of this process (``million_fill.world``)."""
    return json.loads((Path(os.environ["SANDBOX_VAR"]) / WORLD).read_text())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.million", description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000, help="(default: 1,000,000)")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--remove", action="store_true", help="remove all that was kept")
    parser.add_argument("command", nargs="*", help="run with the environment that reads from it (after --)")
    options = parser.parse_args()
    if options.remove:
        shutil.rmtree(CACHE, ignore_errors=True)
        return
    if options.database == "postgresql" and not is_here():
        parser.error("initdb, postgres and psycopg are needed.")
    with opened(options.database, options.messages) as environment:
        if options.command:
            sys.exit(subprocess.run(options.command, env={**os.environ, **environment}).returncode)
        print(environment["SANDBOX_VAR"])


if __name__ == "__main__":
    main()
