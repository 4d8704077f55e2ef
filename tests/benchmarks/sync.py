"""How fast and how lean is a first synchronisation?

A generated mailbox on a private Dovecot, the plugin on SQLite, every run a process of its own. The runs take
turns with a bare read of the same address headers (A B B A …): seconds belong to a machine, the ratio
between the two is what can be compared.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from tests.servers.dovecot import Dovecot

from .mailbox import OWNER, Filled, Plan, fill

ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "benchmark"


class Bench:
    """A filled mailbox, its server, and a prepared database that every run gets a copy of."""

    def __init__(self, server: Dovecot, folder: Path, filled: Filled):
        self.server, self.folder = server, folder
        self.prepared = folder / "prepared"
        self.prepared.mkdir()
        shutil.copy(server.ca, self.prepared / "ca.pem")
        (self.prepared / "contacts.json").write_text(json.dumps(filled.contacts))
        run_case("prepare", self.server, self.prepared)

    def run(self, case: str) -> dict:
        """One run of ``headers`` or ``sync`` on a fresh copy of the prepared database."""
        fresh = self.folder / "run"
        shutil.copytree(self.prepared, fresh)
        try:
            return run_case(case, self.server, fresh)
        finally:
            shutil.rmtree(fresh)


def run_case(case: str, server: Dovecot, var: Path) -> dict:
    """What the case prints. Raises CalledProcessError where it fails; its words went to stderr."""
    command = [sys.executable, "-m", "tests.benchmarks.cases", case, server.host, str(server.imaps)]
    environment = {**os.environ, "SANDBOX_VAR": str(var), "DJANGO_SETTINGS_MODULE": "sandbox.settings"}
    result = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    return json.loads(result.stdout)


def measure(plan: Plan, runs: int) -> dict:
    """All figures of ``runs`` runs of each case."""
    with (
        tempfile.TemporaryDirectory(prefix="escala-bench-") as name,
        Dovecot(users={OWNER: PASSWORD}) as server,
    ):
        say(f"Writing {plan.messages} messages …")
        filled = fill(server.maildir(OWNER), plan)
        hand_over(server.maildir(OWNER).parent)
        say("Preparing the database and warming the server's cache …")
        bench = Bench(server, Path(name), filled)
        bench.run("headers")
        results: dict[str, list[dict]] = {"headers": [], "sync": []}
        for turn in range(runs):
            for case in ("sync", "headers") if turn % 2 == 0 else ("headers", "sync"):
                results[case].append(bench.run(case))
                say(f"{case}: {results[case][-1]['seconds']:.2f} s")
    complete(plan, filled, results["sync"])
    return figures(plan, filled, results)


def hand_over(home: Path) -> None:
    """Give a user's home to who owns the folder round it: started by root, Dovecot runs as somebody else."""
    owner = home.parent.stat()
    for path in (home, *home.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid)


def complete(plan: Plan, filled: Filled, results: list[dict]) -> None:
    """Leave, if a run was fast because it left something out."""
    wanted = (plan.messages, filled.matching)
    for result in results:
        if (result["scanned"], result["stored"]) != wanted:
            raise SystemExit(
                f"Scanned {result['scanned']} and stored {result['stored']} messages instead of {wanted}."
            )


def figures(plan: Plan, filled: Filled, results: dict[str, list[dict]]) -> dict:
    """Medians; bytes and seconds as plain numbers."""
    seconds = {case: median(each["seconds"] for each in runs) for case, runs in results.items()}
    return {
        "benchmark": "sync",
        "messages": plan.messages,
        "mailbox_bytes": filled.size,
        "contacts": len(filled.contacts),
        "stored": filled.matching,
        "runs": len(results["sync"]),
        "seconds": seconds["sync"],
        "scanned_per_second": plan.messages / seconds["sync"],
        "stored_per_second": filled.matching / seconds["sync"],
        "peak_bytes": median(each["peak"] for each in results["sync"]),
        "peak_bytes_before": median(each["before"] for each in results["sync"]),
        "headers_seconds": seconds["headers"],
        "ratio": seconds["sync"] / seconds["headers"],
        "all_seconds": {case: [each["seconds"] for each in runs] for case, runs in results.items()},
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }


def table(found: dict) -> str:
    """The figures for people."""
    peak, before = found["peak_bytes"] / 1e6, found["peak_bytes_before"] / 1e6
    rows = [
        ("mailbox", f"{found['messages']:,} messages, {found['mailbox_bytes'] / 1e6:,.0f} MB"),
        ("stored", f"{found['stored']:,} messages of {found['contacts']} contacts"),
        ("seconds", f"{found['seconds']:.2f} (median of {found['runs']})"),
        ("scanned a second", f"{found['scanned_per_second']:,.0f}"),
        ("stored a second", f"{found['stored_per_second']:,.0f}"),
        ("peak memory", f"{peak:,.0f} MB ({before:,.0f} MB before the start)"),
        ("address headers raw", f"{found['headers_seconds']:.3f} seconds"),
        ("times the raw read", f"{found['ratio']:.1f}"),
    ]
    return "\n".join(f"{name:<22}{value}" for name, value in rows)


def say(text: str) -> None:
    print(text, file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests/bench sync", description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000, help="in the mailbox (default: 10,000)")
    parser.add_argument("--runs", type=int, default=3, help="of each case (default: 3)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    if options.messages < 20 or options.runs < 1:
        parser.error("at least 20 messages and one run are needed.")
    found = measure(Plan(messages=options.messages), options.runs)
    print(json.dumps(found, indent=2) if options.json else table(found))


if __name__ == "__main__":
    main()
