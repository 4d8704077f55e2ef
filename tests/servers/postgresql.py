"""A private PostgreSQL in one temporary folder, reached by a Unix socket that only its owner may open.

    with PostgreSQL() as server:
        server.url        # for ESCALA_TEST_DATABASE

    python -m tests.servers.postgresql command …      # runs a command with ESCALA_TEST_DATABASE set

Needs PostgreSQL's server programs; no root, no cluster of the system's. Started by root it runs as
``nobody``, because PostgreSQL refuses root.
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

from .private import PATH, as_owner, run, scratch

USER = "escala"
#: Nothing here is to outlive the machine: what is waited for is only what other processes must see.
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "deadlock_timeout": "200ms",
}


class PostgreSQL:
    """A cluster of one's own, as a context manager. Raises RuntimeError where PostgreSQL is not installed."""

    def __enter__(self) -> "PostgreSQL":
        programs = _programs()
        with contextlib.ExitStack() as stack:
            self.folder = scratch(stack, "pg")
            self._initialise(programs)
            options = [f"--{name}={value}" for name, value in OPTIONS.items()]
            options.append(f"--unix_socket_directories={self.folder}")
            command = [str(programs / "postgres"), "-D", str(self.folder / "data"), *options]
            self._process = run(stack, command, self.folder)
            self._wait()
            self._open = stack.pop_all()
        return self

    def __exit__(self, *exc_info) -> None:
        self._open.close()

    @property
    def url(self) -> str:
        """Where it is, for ``tests.databases``."""
        return f"postgresql://{USER}@{quote(str(self.folder), safe='')}/postgres"

    def _initialise(self, programs: Path) -> None:
        (self.folder / "data").mkdir(mode=0o700)
        options = [
            "-D",
            self.folder / "data",
            "-U",
            USER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]
        done = subprocess.run(
            [programs / "initdb", *options],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            **as_owner(self.folder),
        )
        if done.returncode:
            raise RuntimeError("initdb failed: " + done.stderr)

    def _wait(self) -> None:
        end = time.monotonic() + 30
        while "ready to accept connections" not in (said := (self.folder / "output").read_text()):
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("PostgreSQL did not start: " + said)
            time.sleep(0.02)


def _programs() -> Path:
    """The folder of the server's programs; Debian keeps them off the PATH, one folder a version."""
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    candidates = sorted(
        debian, key=lambda path: [int(n) for n in re.findall(r"\d+", str(path))], reverse=True
    )
    if found := shutil.which("initdb", path=PATH):
        candidates.append(Path(found).resolve().parent)
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise RuntimeError("PostgreSQL is not installed: apt-get install postgresql")


if __name__ == "__main__":
    with PostgreSQL() as server:
        environment = {**os.environ, "ESCALA_TEST_DATABASE": server.url}
        sys.exit(subprocess.run(sys.argv[1:], env=environment, check=False).returncode)
