"""How much memory does the watcher need for thousands of mailboxes, and how soon does it order a sync?

The watcher is the real command in a process of its own, on SQLite, with Huey's queue in SQLite. The mail
server is a stand-in (``idle_server``) in another: TLS, login, EXAMINE and IDLE, and no more. With
``--dovecot`` it is a Dovecot, which takes several megabytes for each connection.
"""

import argparse
import contextlib
import json
import os
import platform
import queue
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.servers.certificates import Authority
from tests.servers.dovecot import Dovecot

from .watch_accounts import PASSWORD

ROOT = Path(__file__).resolve().parent.parent.parent
USER = "user%d@example.test"
#: The command as a site on SQLite has it: Huey imports these two wherever they are installed.
WITHOUT_QUEUES = """
import runpy, sys
sys.modules.update(dict.fromkeys(["redis", "psycopg", "psycopg2"]))
runpy.run_path("sandbox/manage.py", run_name="__main__")
"""
#: Dovecot as its manual has it for many connections.
MANY = """
service imap {
  process_limit = %(many)d
}
service imap-login {
  service_count = 0
  client_limit = %(many)d
}
"""
#: Seconds that anything may take before the benchmark gives up.
PATIENCE = 300


class StandIn:
    """The stand-in server in a process of its own, and its control connection."""

    #: Whether a first watching finds nothing to do.
    is_known = True

    def __init__(self, folder: Path) -> None:
        authority = Authority(folder)
        authority.issue()
        command = [sys.executable, "-m", "tests.benchmarks.idle_server", str(folder)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        self.port, control = json.loads(self.process.stdout.readline())
        self._control = socket.create_connection(("127.0.0.1", control))
        self._control.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._answers = self._control.makefile("rb")

    def append(self, user: str) -> int:
        """A message more for the user; returns how many connections were told."""
        self._control.sendall(user.encode() + b"\n")
        return json.loads(self._answers.readline())

    def asked(self) -> dict[str, int]:
        """How often each command came."""
        self._control.sendall(b"\n")
        return json.loads(self._answers.readline())

    def close(self) -> None:
        self._control.close()
        self.process.terminate()
        self.process.wait(20)
        self.process.stdout.close()


class RealServer:
    """A Dovecot with all the users; mail comes by LMTP."""

    is_known = False

    def __init__(self, folder: Path, users: list[str]) -> None:
        self._dovecot = Dovecot(users=dict.fromkeys(users, PASSWORD), extra=MANY % {"many": len(users) + 50})
        self._dovecot.__enter__()
        self.port = self._dovecot.imaps
        shutil.copy(self._dovecot.ca, folder / "ca.pem")

    def append(self, user: str) -> int:
        """Deliver a message to the user, who has one connection."""
        self._dovecot.deliver([user], b"Subject: Benchmark\r\n\r\nHello.\r\n")
        return 1

    def asked(self) -> dict[str, int]:
        """Dovecot counts nothing for us."""
        return {}

    def close(self) -> None:
        self._dovecot.__exit__(None, None, None)


class Watcher:
    """The command, and what can be seen of it from outside."""

    def __init__(self, environment: dict[str, str]) -> None:
        command = [sys.executable, "-c", WITHOUT_QUEUES, "escala_email", "watch"]
        self._queue = Path(environment["SANDBOX_VAR"]) / "queue.sqlite3"
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self._lines.put(line)

    def wait_for(self, sentence: str) -> float:
        """Until the watcher has said ``sentence``; returns the seconds since its start."""
        while True:
            try:
                line = self._lines.get(timeout=PATIENCE)
            except queue.Empty:
                raise SystemExit(f"The watcher never said “{sentence}”.") from None
            if sentence in line:
                return time.monotonic() - self.began

    def memory(self, name: str) -> int:
        """``VmRSS`` (resident now) or ``VmHWM`` (its peak) in bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"^{name}:\s*(\d+) kB", status, re.MULTILINE)[1]) * 1024

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def ordered(self) -> int:
        """Syncs that were put into Huey's queue; nobody takes them out."""
        with contextlib.closing(sqlite3.connect(self._queue, timeout=20)) as database:
            return database.execute("SELECT count(*) FROM task").fetchone()[0]

    def until_ordered(self, count: int) -> float:
        """Until the queue holds ``count`` syncs; returns the time of that."""
        end = time.monotonic() + PATIENCE
        with contextlib.closing(sqlite3.connect(self._queue, timeout=20)) as database:
            while database.execute("SELECT count(*) FROM task").fetchone()[0] < count:
                if time.monotonic() > end:
                    raise SystemExit("A sync was never ordered.")
                time.sleep(0.001)
        return time.monotonic()

    def stop(self) -> float:
        """SIGTERM; returns the seconds until its end."""
        start = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        if code:
            raise SystemExit(f"The watcher ended with {code}.")
        return time.monotonic() - start

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


@contextlib.contextmanager
def ground(users: list[str], dovecot: bool) -> Iterator[tuple[StandIn | RealServer, Watcher]]:
    """A server, a database with the users' accounts at it, and a watcher that was just started."""
    with tempfile.TemporaryDirectory(prefix="escala-bench-") as name, contextlib.ExitStack() as stack:
        server = RealServer(Path(name), users) if dovecot else StandIn(Path(name))
        stack.callback(server.close)
        environment = {**os.environ, "SANDBOX_VAR": name, "DJANGO_SETTINGS_MODULE": "sandbox.settings"}
        say(f"Preparing a database with {len(users)} accounts …")
        fill = [sys.executable, "-m", "tests.benchmarks.watch_accounts", "localhost", str(server.port)]
        subprocess.run([*fill, *users], cwd=ROOT, env=environment, check=True)
        watcher = Watcher(environment)
        stack.callback(watcher.close)
        yield server, watcher


def measure(accounts: int, samples: int, idle: float, dovecot: bool) -> dict:
    """All figures of one run."""
    users = [USER % number for number in range(accounts)]
    with ground(users, dovecot) as (server, watcher):
        watcher.wait_for("Watching 0 of")
        before = watcher.memory("VmRSS")
        began = time.monotonic()
        watcher.wait_for(f"Watching {accounts} of {accounts} ")
        held = time.monotonic() - began
        say(f"{accounts} accounts are held after {held:.1f} s.")
        if not server.is_known:
            watcher.until_ordered(accounts)
        cpu, since = watcher.cpu(), time.monotonic()
        time.sleep(idle)
        busy = (watcher.cpu() - cpu) / (time.monotonic() - since)
        unasked = watcher.ordered()
        resident = watcher.memory("VmRSS")
        chosen = random.Random(3).sample(users, min(samples, accounts))
        latencies = [latency(server, watcher, user) for user in chosen]
        say("One after another is measured; now all at once …")
        start, ordered = time.monotonic(), watcher.ordered()
        for user in users:
            server.append(user)
        burst = watcher.until_ordered(ordered + accounts) - start
        found = {
            "benchmark": "watch",
            "server": type(server).__name__,
            "accounts": accounts,
            "rss_bytes_before": before,
            "rss_bytes": resident,
            "rss_bytes_after_news": watcher.memory("VmRSS"),
            "peak_bytes": watcher.memory("VmHWM"),
            "seconds_to_hold_all": held,
            "idle_cpu_share": busy,
            "samples": len(latencies),
            "seconds_to_order": median(latencies),
            "seconds_to_order_most": max(latencies),
            "seconds_to_order_all_at_once": burst,
            "ordered_without_news": unasked,
            "asked": server.asked(),
            "seconds_to_stop": watcher.stop(),
            "python": platform.python_version(),
            "cores": os.cpu_count(),
        }
    found["bytes_each"] = (found["rss_bytes"] - before) / max(accounts, 1)
    return found


def latency(server: StandIn | RealServer, watcher: Watcher, user: str) -> float:
    """Seconds from a message's arrival to the sync in the queue."""
    ordered = watcher.ordered()
    start = time.monotonic()
    if server.append(user) != 1:
        raise SystemExit(f"{user} is not watched.")
    return watcher.until_ordered(ordered + 1) - start


def table(found: dict) -> str:
    """The figures for people."""
    rows = [
        ("accounts", f"{found['accounts']:,}, idle over TLS in one process"),
        (
            "memory (RSS)",
            f"{found['rss_bytes'] / 1e6:,.1f} MB: {found['rss_bytes_before'] / 1e6:,.1f} MB without accounts "
            f"and {found['bytes_each'] / 1e3:.1f} kB each",
        ),
        ("peak memory", f"{found['peak_bytes'] / 1e6:,.1f} MB"),
        ("all held after", f"{found['seconds_to_hold_all']:.1f} seconds"),
        ("processor when idle", f"{found['idle_cpu_share']:.2%} of a core"),
        (
            "mail → sync ordered",
            f"{found['seconds_to_order'] * 1000:.0f} ms (median of {found['samples']}), "
            f"{found['seconds_to_order_most'] * 1000:.0f} ms at most",
        ),
        ("mail for all at once", f"{found['seconds_to_order_all_at_once']:.2f} seconds to the last order"),
        ("stopped after", f"{found['seconds_to_stop']:.2f} seconds"),
    ]
    return "\n".join(f"{name:<22}{value}" for name, value in rows)


def say(text: str) -> None:
    print(text, file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests/bench watch", description=__doc__)
    parser.add_argument("--accounts", type=int, default=2_000, help="that are watched (default: 2,000)")
    parser.add_argument("--samples", type=int, default=200, help="messages that are timed (default: 200)")
    parser.add_argument("--idle", type=float, default=20, help="seconds to do nothing in (default: 20)")
    parser.add_argument("--dovecot", action="store_true", help="watch a Dovecot instead of the stand-in")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    if options.accounts < 1 or options.samples < 1:
        parser.error("at least one account and one sample are needed.")
    found = measure(options.accounts, options.samples, options.idle, options.dovecot)
    print(json.dumps(found, indent=2) if options.json else table(found))


if __name__ == "__main__":
    main()
