"""A filled mailbox on a private Dovecot, and what every run gets a fresh copy of."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

from tests.servers.dovecot import Dovecot

from .mailbox import DESCRIPTION, OWNER, PASSWORD, Filled, Plan, fill
from .peers import Peer, Wire
from .programs import run

#: Owns a copy of the mailbox, for a program that deletes what it reads.
COPY = "copy@broker.example"


class Database(Protocol):
    """Where the plugin stores, prepared once."""

    def prepared(self) -> dict[str, str]:
        """The environment of the process that prepares."""

    def fresh(self) -> dict[str, str]:
        """The environment of a run on a copy of what was prepared."""


class Sqlite:
    """A file in the folder of the run, which is copied with it."""

    def prepared(self) -> dict[str, str]:
        return {}

    def fresh(self) -> dict[str, str]:
        return {}


class Bench:
    """A server with one mailbox on it, and a prepared database. ``port``: of the server, or of a proxy."""

    def __init__(
        self,
        server: Dovecot,
        folder: Path,
        plan: Plan,
        database: Database | None = None,
        folders: int = 1,
        port: int | None = None,
    ):
        self.server, self.folder, self.database = server, folder, database or Sqlite()
        self.port = port or server.imaps
        self.filled: Filled = fill(server.maildir(OWNER), plan, folders)
        hand_over(server.maildir(OWNER).parent)
        self.prepared = folder / "prepared"
        self.prepared.mkdir()
        shutil.copy(server.ca, self.prepared / "ca.pem")
        about = {"contacts": self.filled.contacts, "newest": asdict(self.filled.newest)}
        (self.prepared / DESCRIPTION).write_text(json.dumps(about))
        run(self.command("prepare"), self._environment(self.prepared, self.database.prepared()))

    def case(self, name: str) -> dict:
        """One run of a case of ours on a fresh copy of the prepared database."""
        with self.fresh() as environment:
            return run(self.command(name), environment).result

    @contextmanager
    def fresh(self) -> Iterator[dict[str, str]]:
        """The environment of a run on a fresh copy of the prepared database."""
        folder = self.folder / "run"
        shutil.copytree(self.prepared, folder)
        try:
            yield self._environment(folder, self.database.fresh())
        finally:
            shutil.rmtree(folder)

    def command(self, name: str) -> list[str]:
        """What runs a case."""
        case = [sys.executable, "-m", "tests.benchmarks.cases", name]
        return [*case, self.server.host, str(self.port)]

    def peer(self, peer: Peer) -> dict:
        """One run of another program."""
        fresh = self.folder / "peer"
        fresh.mkdir()
        if peer.deletes:
            self._copy_mailbox()
        server, user = self.server, COPY if peer.deletes else OWNER
        try:
            return peer.read(Wire(server.host, server.imaps, server.ca, user, PASSWORD), fresh)
        finally:
            shutil.rmtree(fresh)

    def _environment(self, var: Path, database: dict[str, str]) -> dict[str, str]:
        settings = {"SANDBOX_VAR": str(var), "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings"}
        return {**os.environ, **settings, **database}

    def _copy_mailbox(self) -> None:
        """The messages as links; the server's own files copied, for it writes to them."""
        source, target = self.server.maildir(OWNER), self.server.maildir(COPY)
        shutil.rmtree(target, ignore_errors=True)
        for folder in ("cur", "new", "tmp"):
            (target / folder).mkdir(parents=True)
            for message in (source / folder).iterdir():
                os.link(message, target / folder / message.name)
        for file in source.iterdir():
            if file.is_file():
                shutil.copy(file, target / file.name)
        hand_over(target.parent)


def served() -> Dovecot:
    """The server of a benchmark, not started yet."""
    return Dovecot(users={OWNER: PASSWORD, COPY: PASSWORD})


def hand_over(home: Path) -> None:
    """Give a user's home to who owns the folder round it: started by root, Dovecot runs as somebody else."""
    owner = home.parent.stat()
    for path in (home, *home.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid)
