"""Workers that are killed by kill -9 at a chosen moment: no handler, no flush, no farewell.

    with Workers() as workers:
        workers.sync(account.pk)                       # Fate(killed=False, done=True)
        workers.sync(account.pk, kill=("write", 40))   # before its 40th write
        workers.sync(account.pk, kill=("read", 7))     # before its 7th read from the network
        workers.audit(account.pk, kill=("read", 7))    # the same of an audit
        workers.erase(account.pk, kill=("write", 7))   # and of erasing it
    workers.leave(account.pk, kill=("write", 7))   # and of what goes when its owner left
    workers.age(kill=("write", 7))                 # and of what goes by its age

Each is a process of its own, forked from one that has imported everything and is connected to nothing.
It runs with the settings and places of the test that asks, so the test's data must be committed.
"""

import contextlib
import json
import os
import signal
import ssl
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Fate:
    """How a worker ended: killed, or by itself, having come to its end or not."""

    killed: bool
    done: bool = False


class Workers:
    """A source of workers, as a context manager. ``batch``: messages in one transaction."""

    def __init__(self, batch: int = 20):
        self._batch = batch

    def __enter__(self) -> "Workers":
        self._process = subprocess.Popen(
            [sys.executable, "-m", __spec__.name, str(self._batch)],
            cwd=ROOT,
            env={**os.environ, **places()},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *exc_info) -> None:
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()

    def sync(self, account_id: int, kill: tuple[str, int] = ("", 0)) -> Fate:
        """Synchronise an account in a new worker, which is killed before its n-th "write" or "read"."""
        return self._order("sync", account_id, kill)

    def audit(self, account_id: int, kill: tuple[str, int] = ("", 0)) -> Fate:
        """Audit an account, likewise."""
        return self._order("audit", account_id, kill)

    def erase(self, account_id: int, kill: tuple[str, int] = ("", 0)) -> Fate:
        """Erase an account with its stored mail, likewise."""
        return self._order("erase", account_id, kill)

    def leave(self, account_id: int, kill: tuple[str, int] = ("", 0)) -> Fate:
        """Remove what goes of the mail of who left, likewise."""
        return self._order("leave", account_id, kill)

    def age(self, kill: tuple[str, int] = ("", 0)) -> Fate:
        """Remove what is older than was decided, likewise."""
        return self._order("age", 0, kill)

    def erase_person(self, erasure_id: int, kill: tuple[str, int] = ("", 0)) -> Fate:
        """Remove what there is of a person, likewise."""
        return self._order("erase_person", erasure_id, kill)

    def _order(self, verb: str, account_id: int, kill: tuple[str, int]) -> Fate:
        self._process.stdin.write(json.dumps([verb, account_id, *kill]) + "\n")
        self._process.stdin.flush()
        return Fate(**json.loads(self._process.stdout.readline()))


def places() -> dict[str, str]:
    """The environment in which a process finds the database, the files and the trust of this test."""
    from django.conf import settings
    from django.db import connection

    from tests.databases import told

    return {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "ESCALA_TEST_DATABASE": told(connection.settings_dict),
        "ESCALA_TEST_ATTACHMENTS": settings.STORAGES["escala_email"]["OPTIONS"]["location"],
        "ESCALA_TEST_CA": str(settings.ESCALA_EMAIL["CA_FILE"]),
        "ESCALA_TEST_PROVIDER": str(settings.PROVIDER_PORT),
        "ESCALA_TEST_KEY": settings.ESCALA_EMAIL["SECRET_KEYS"][0],
    }


def is_write(sql: str) -> bool:
    """Whether a statement changes rows."""
    return sql.lstrip().upper().startswith(WRITES)


class Reaper:
    """Counts what a worker does, and kills it at the ``number``-th of its ``kind``."""

    def __init__(self, kind: str, number: int):
        self._kind, self._left = kind, number

    def passes(self, kind: str) -> None:
        """The worker is about to do something of this kind."""
        self._left -= kind == self._kind
        if not self._left and kind == self._kind:
            os.kill(os.getpid(), signal.SIGKILL)

    @contextlib.contextmanager
    def at_work(self):
        """Count inside: reads, and writes, of which a commit is two, one before it and one after."""
        from django.db import connection

        commit, read = connection._commit, ssl.SSLSocket.read

        def counting_commit():
            self.passes("write")
            commit()
            self.passes("write")

        def counting_read(*arguments, **options):
            self.passes("read")
            return read(*arguments, **options)

        def execute(execute, sql, params, many, context):
            if is_write(sql):
                self.passes("write")
            return execute(sql, params, many, context)

        connection._commit, ssl.SSLSocket.read = counting_commit, counting_read
        with connection.execute_wrapper(execute):
            yield


def _live(verb: str, account_id: int, kind: str, number: int) -> Fate:
    from escala_email_plugin.privacy.erase_person import erase as erase_person
    from escala_email_plugin.privacy.leavers_mail import remove
    from escala_email_plugin.privacy.retention import remove_the_old
    from escala_email_plugin.sync.account import sync_account
    from escala_email_plugin.sync.audit import audit
    from escala_email_plugin.sync.erase import erase

    work = {
        "sync": sync_account,
        "audit": audit,
        "erase": erase,
        "erase_person": erase_person,
        "leave": remove,
        "age": lambda _account_id: remove_the_old(),
    }[verb]
    with Reaper(kind, number).at_work():
        return Fate(killed=False, done=bool(work(account_id)))


def _fork(order: list) -> Fate:
    """One worker's life, watched from outside."""
    told, tell = os.pipe()
    child = os.fork()
    if not child:
        with open(tell, "w") as out:
            out.write(json.dumps(asdict(_live(*order))))
        os._exit(0)
    os.close(tell)
    with open(told) as answer:
        text = answer.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return Fate(killed=True)
    return Fate(**json.loads(text))


def _prepare(batch: int) -> None:
    import django

    django.setup()
    from escala_email_plugin.privacy import leavers_mail, retention
    from escala_email_plugin.sync import account, audit, erase, fetch, windows  # noqa: F401

    windows.BATCH = windows.LARGE_BATCH = fetch.MESSAGES = erase.BATCH = batch
    leavers_mail.BATCH = retention.BATCH = batch


if __name__ == "__main__":
    _prepare(int(sys.argv[1]))
    for line in sys.stdin:
        print(json.dumps(asdict(_fork(json.loads(line)))), flush=True)
