"""What does a page of a timeline cost, by how much of the mail its reader may see?

A record with 20,000 messages in conversations of five, and one in which all of them are one conversation,
asked for as a browser does: the first page, the tenth, a conversation. No mail server is needed.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from contextlib import ExitStack

from . import marks
from .postgresql import Postgresql, is_here
from .programs import run, say

#: Milliseconds that an ordinary page may take, and one where all 20,000 rows must be looked at.
ORDINARY, EXTRAORDINARY = 250, 1000

#: Part of the names of the latter.
ALL_ROWS = ("one conversation", "not even a line")


def measure(database: str, messages: int, runs: int) -> dict:
    """``{"pages": {name: {"ms", "statements", "bytes"}}}``, medians of ``runs``."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="escala-bench-"))
        environment = {"SANDBOX_VAR": folder, "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings"}
        if database == "postgresql":
            environment |= stack.enter_context(Postgresql()).prepared()
        say("Filling the database, and asking for pages …")
        command = [sys.executable, "-m", "tests.benchmarks.timeline_pages", str(messages), str(runs)]
        pages = run(command, {**os.environ, **environment}).result
    return {
        "benchmark": "timeline",
        "database": database,
        "messages": messages,
        "pages": pages,
        "python": platform.python_version(),
    }


def judged(found: dict) -> list[marks.Mark]:
    pages = found["pages"]
    all_rows = {name for name in pages if any(part in name for part in ALL_ROWS)}
    slowest = [max(some, key=lambda name: pages[name]["ms"]) for some in (pages.keys() - all_rows, all_rows)]
    return [
        *(
            marks.at_most(f"slowest: {name}", pages[name]["ms"], wanted, "ms")
            for name, wanted in zip(slowest, (ORDINARY, EXTRAORDINARY), strict=True)
        ),
        marks.at_most("statements of any page", max(one["statements"] for one in pages.values()), 30, ""),
    ]


def table(found: dict) -> str:
    """The figures for people."""
    rows = [f"{found['messages']:,} messages each, {found['database']}", ""]
    rows += [
        f"{name:<52}{one['ms']:8.1f} ms{one['statements']:5} statements{one['bytes']:9,} bytes"
        for name, one in found["pages"].items()
    ]
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests/bench timeline", description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000, help="(default: 20,000)")
    parser.add_argument("--runs", type=int, default=7, help="(default: 7)")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    if options.messages < 500 or options.runs < 1:
        parser.error("at least 500 messages and one run are needed.")
    if options.database == "postgresql" and not is_here():
        parser.error("initdb, postgres and psycopg are needed.")
    found = measure(options.database, options.messages, options.runs)
    reached = judged(found)
    if options.json:
        print(json.dumps({**found, "marks": [mark.as_dict() for mark in reached]}, indent=2))
    else:
        print(f"{table(found)}\n\n{marks.table(reached)}")


if __name__ == "__main__":
    main()
