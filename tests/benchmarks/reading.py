"""What does reading cost on 1,000,000 messages of 100,000 people in 50 mailboxes?

Pages are asked for as a browser does, of many records, by who sees all of their mail, a part, or only that
there is some. Other parts measure theirs by a module ``reading_NAME`` with ``cases(world)``. The same on
10,000 messages shows what grows.
"""

import argparse
import json
import os
import platform
import subprocess
import sys

from . import marks
from .million import opened
from .postgresql import is_here
from .programs import ROOT, say, wait_until_quiet

SMALL, LARGE = 10_000, 1_000_000
#: How much more a page may take on the large database.
GROWTH = 1.5


def measure(database: str, messages: int, runs: int, only: str) -> dict:
    """``{"idle", "cases": {name: {"p50", "p95", "queries", "bytes", "mark"}}}``; milliseconds."""
    with opened(database, messages) as environment:
        idle = wait_until_quiet()
        say(f"Asking {database} with {messages:,} messages …")
        command = [sys.executable, "-m", "tests.benchmarks.reading_pages", str(runs), only]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return {"messages": messages, "idle": idle, "cases": json.loads(done.stdout.strip().splitlines()[-1])}


def judged(found: dict) -> list[marks.Mark]:
    """The marks of the largest database, and what grew."""
    large, small = found["sizes"][-1]["cases"], found["sizes"][0]["cases"]
    reached = []
    for name, case in large.items():
        for figure, unit in (("p95", "ms"), ("queries", "")):
            if case["mark"].get(figure):
                reached.append(marks.at_most(f"{name}: {figure}", case[figure], case["mark"][figure], unit))
        if of := case["mark"].get("times_of"):
            times = case["p50"] / large[of]["p50"]
            reached.append(marks.at_most(f"{name}: times “{of}”", times, case["mark"]["times"]))
        if len(found["sizes"]) > 1 and case["mark"].get("grows") and name in small:
            reached.append(marks.at_most(f"{name}: growth", case["p50"] / small[name]["p50"], GROWTH))
    return reached


def table(found: dict) -> str:
    """The figures for people."""
    rows = []
    for size in found["sizes"]:
        load = "an idle machine" if size["idle"] else "A BUSY MACHINE"
        rows += ["", f"{size['messages']:,} messages, {found['database']}, {load}", ""]
        rows += [
            f"{name:<58}{one['p50']:8.1f} p50{one['p95']:8.1f} p95 ms{one['queries']:4} queries"
            f"{one['bytes']:9,} bytes"
            for name, one in size["cases"].items()
        ]
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests/bench reading", description=__doc__)
    parser.add_argument(
        "--messages", type=int, nargs="*", default=[SMALL, LARGE], help="(default: 10,000 and 1,000,000)"
    )
    parser.add_argument("--runs", type=int, default=30, help="requests of a case (default: 30)")
    parser.add_argument("--only", default="", help="cases whose names hold this")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    if options.database == "postgresql" and not is_here():
        parser.error("initdb, postgres and psycopg are needed.")
    sizes = [measure(options.database, one, options.runs, options.only) for one in options.messages]
    found = {"benchmark": "reading", "database": options.database, "sizes": sizes}
    found["python"] = platform.python_version()
    reached = judged(found)
    if options.json:
        print(json.dumps({**found, "marks": [mark.as_dict() for mark in reached]}, indent=2))
    else:
        print(f"{table(found)}\n\n{marks.table(reached)}")


if __name__ == "__main__":
    main()
