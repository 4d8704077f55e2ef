"""What does it cost to look at a mailbox in which nothing is new?

A private Dovecot; the polls follow one another in one worker process, which keeps its connection between
them. A proxy in another process counts the round trips after the login.
"""

import argparse
import json
import platform
import subprocess
import tempfile
from dataclasses import asdict
from pathlib import Path

from . import marks
from .mailbox import Plan
from .programs import ROOT, say, wait_until_quiet
from .proxy import Proxy, in_front_of
from .serving import Bench, served

#: Messages in each folder.
MESSAGES = 60


def measure(folders: int, polls: int) -> dict:
    """All figures of one run; everything is of one poll."""
    with (
        tempfile.TemporaryDirectory(prefix="escala-bench-") as name,
        served() as server,
        in_front_of(server) as proxy,
    ):
        # Dovecot has a folder Sent of its own.
        plan = Plan(messages=MESSAGES * folders)
        bench = Bench(server, Path(name), plan, folders=folders - 1, port=proxy.port)
        say("Synchronising …")
        found, count = _poll(bench, proxy, polls)
    counted = {key: value / polls for key, value in count.items()}
    return {"benchmark": "poll", "polls": polls, **found, **counted, "python": platform.python_version()}


def _poll(bench: Bench, proxy: Proxy, polls: int) -> tuple[dict, dict]:
    """What the case tells, and what the proxy counted meanwhile."""
    with bench.fresh() as environment:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        with subprocess.Popen(bench.command("poll"), cwd=ROOT, env=environment, **pipes) as worker:
            ready = json.loads(worker.stdout.readline() or "null")
            wait_until_quiet()
            before = asdict(proxy.count)
            told, _ = worker.communicate(f"{polls}\n")
    if worker.returncode:
        raise SystemExit("The polls failed.")
    after = asdict(proxy.count)
    return {**ready, **json.loads(told)}, {key: after[key] - before[key] for key in after}


def judged(found: dict) -> list[marks.Mark]:
    return [
        marks.at_most(f"poll of {found['folders']} folders: our own CPU", found["cpu"] * 1000, 15, "ms"),
        marks.at_most("round trips after the login", found["round_trips"], 12, ""),
        marks.at_most("connections a poll", found["connections"], 0, ""),
    ]


def table(found: dict) -> str:
    """The figures for people."""
    rows = [
        ("polled", f"{found['folders']} folders, {found['polls']} times"),
        ("CPU", f"{found['cpu'] * 1000:.1f} ms"),
        ("seconds", f"{found['seconds'] * 1000:.1f} ms"),
        ("round trips", f"{found['round_trips']:.2f} ({found['commands']:.2f} commands)"),
        ("connections", f"{found['connections']:.2f}"),
        ("bytes received", f"{found['bytes_in']:,.0f}"),
        ("SQL statements", f"{found['statements']:.1f}"),
    ]
    return "\n".join(f"{name:<18}{value}" for name, value in rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests/bench poll", description=__doc__)
    parser.add_argument("--folders", type=int, default=10, help="that are synchronised (default: 10)")
    parser.add_argument("--polls", type=int, default=200, help="(default: 200)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    if options.folders < 2 or options.polls < 1:
        parser.error("at least two folders and one poll are needed.")
    found = measure(options.folders, options.polls)
    reached = judged(found)
    if options.json:
        print(json.dumps({**found, "marks": [mark.as_dict() for mark in reached]}, indent=2))
    else:
        print(f"{table(found)}\n\n{marks.table(reached)}")


if __name__ == "__main__":
    main()
