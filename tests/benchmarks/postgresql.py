"""A private PostgreSQL for a benchmark: ``initdb`` and ``postgres`` on the PATH, psycopg beside Django."""

import contextlib
import importlib.util
import json
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

PREPARED, RUN = "prepared", "run"
OWNER = "bench"


def is_here() -> bool:
    """Whether all that it takes is installed."""
    programs = all(map(_program, ("initdb", "postgres")))
    return programs and importlib.util.find_spec("psycopg") is not None


def _program(name: str) -> str | None:
    debian = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *debian]))


class Postgresql:
    """A cluster in a temporary folder, as a context manager, reached by its socket only. With ``data``
    it lies there, and stays.

    Started by root it runs as ``nobody``: PostgreSQL refuses to run as root.
    """

    def __init__(self, data: Path | None = None):
        self.data = data

    def __enter__(self) -> "Postgresql":
        with contextlib.ExitStack() as stack:
            # Short: the name of a Unix socket has at most 108 bytes.
            self.folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
            stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
            self._as_owner = {}
            if os.getuid() == 0:
                nobody = pwd.getpwnam("nobody")
                os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
                self._as_owner = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            self._start(stack)
            self._open = stack.pop_all()
        return self

    def __exit__(self, *exc_info) -> None:
        self._open.close()

    def prepared(self) -> dict[str, str]:
        """The environment of a process that works on the database every run begins with."""
        self._sql(f"CREATE DATABASE {PREPARED}")
        return self._environment(PREPARED)

    def kept(self) -> dict[str, str]:
        """The environment of a process that works on the database of a cluster that is kept."""
        import psycopg

        with contextlib.suppress(psycopg.errors.DuplicateDatabase):
            self._sql(f"CREATE DATABASE {PREPARED}")
        return self._environment(PREPARED)

    def fresh(self) -> dict[str, str]:
        """The environment of a process that works on a copy of it."""
        self._sql(f"DROP DATABASE IF EXISTS {RUN}")
        self._sql(f"CREATE DATABASE {RUN} TEMPLATE {PREPARED}")
        return self._environment(RUN)

    def _start(self, stack: contextlib.ExitStack) -> None:
        data = self.data or self.folder / "data"
        quiet = {"stdout": subprocess.DEVNULL, "cwd": self.folder, **self._as_owner}
        if not (data / "PG_VERSION").exists():
            self._hand_over(data)
            command = [_program("initdb"), "-D", str(data), "-U", OWNER, "-A", "trust", "--no-instructions"]
            subprocess.run([*command, "-E", "UTF8", "--locale=C"], check=True, **quiet)
        log = stack.enter_context((self.folder / "log").open("w"))
        command = [_program("postgres"), "-D", str(data), "-k", str(self.folder), "-c", "listen_addresses="]
        self._process = subprocess.Popen(command, **quiet, stderr=log)
        stack.callback(self._stop)
        self._wait()

    def _hand_over(self, data: Path) -> None:
        data.mkdir(mode=0o700, exist_ok=True)
        if self._as_owner:
            os.chown(data, self._as_owner["user"], self._as_owner["group"])

    def _stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _wait(self) -> None:
        import psycopg

        end = time.monotonic() + 20
        while True:
            try:
                return self._sql("SELECT 1")
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(
                        "PostgreSQL did not start: " + (self.folder / "log").read_text()
                    ) from None
                time.sleep(0.1)

    def _sql(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(
            host=str(self.folder), user=OWNER, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)

    def _environment(self, name: str) -> dict[str, str]:
        database = {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": str(self.folder),
            "USER": OWNER,
            "NAME": name,
        }
        return {"ESCALA_BENCH_DATABASE": json.dumps(database)}
