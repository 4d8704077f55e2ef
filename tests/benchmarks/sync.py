"""How fast and how lean is a first synchronisation, and how fast are others on the same mailbox?

A generated mailbox on a private Dovecot, bodies and attachments stored, every run a process of its own. The
cases take turns (A B C … C B A) and medians are told: seconds belong to a machine, the ratios are what can be
compared. Everybody reads over TLS. A peer that is not installed has an empty column.
"""

import argparse
import json
import os
import platform
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import median

from . import marks, postgresql
from .mailbox import Plan
from .peers import PEERS
from .programs import say
from .serving import Bench, Database, Sqlite, served

OURS = ("sync", "headers", "newest")
SHARES = (5, 50, 100)


@contextmanager
def database(name: str) -> Iterator[Database]:
    if name == "sqlite":
        yield Sqlite()
    else:
        with postgresql.Postgresql() as cluster:
            yield cluster


def measure(messages: int, share: int, options: argparse.Namespace) -> dict:
    """All figures of one mailbox."""
    plan = Plan(messages=messages, share=share / 100)
    with (
        tempfile.TemporaryDirectory(prefix="escala-bench-") as name,
        served() as server,
        database(options.database) as chosen,
    ):
        say(f"Writing {messages} messages, {share} % of them about contacts …")
        bench = Bench(server, Path(name), plan, chosen)
        say("Warming the server's cache …")
        for case in ("headers", "sync"):
            bench.case(case)
        results = take_turns(bench, [*OURS, *options.peers], options.runs)
        complete(bench, results)
        about = {
            "messages": messages,
            "share": share,
            "mailbox_bytes": bench.filled.size,
            "contacts": len(bench.filled.contacts),
            "stored": bench.filled.matching,
            "database": options.database,
        }
    return {**about, **figures(about, results)}


def take_turns(bench: Bench, names: list[str], runs: int) -> dict[str, list[dict]]:
    """The results of ``runs`` runs of each case, there and back again."""
    results: dict[str, list[dict]] = {name: [] for name in names}
    for turn in range(runs):
        for name in names if turn % 2 == 0 else reversed(names):
            result = bench.peer(PEERS[name]) if name in PEERS else bench.case(name)
            results[name].append(result)
            say(f"{name}: {result['seconds']:.2f} s")
    return results


def complete(bench: Bench, results: dict[str, list[dict]]) -> None:
    """Leave, if a run was fast because it left something out."""
    filled, everything = bench.filled, bench.filled.messages
    for name, runs in results.items():
        for result in runs:
            read, stored = result.get("messages", everything), result.get("stored", filled.matching)
            if (read, stored) != (everything, filled.matching):
                raise SystemExit(
                    f"{name} read {read} of {everything} messages, stored {stored} of {filled.matching}."
                )


def figures(about: dict, results: dict[str, list[dict]]) -> dict:
    """Medians; bytes and seconds as plain numbers. ``times``: how often our time goes into a peer's."""
    names = {"sync": "ours"}
    columns = {
        names.get(name, name): {
            key: median(result[key] for result in runs)
            for key in ("seconds", "cpu", "peak", "before")
            if key in runs[0]
        }
        | {"all_seconds": [result["seconds"] for result in runs]}
        for name, runs in results.items()
        if name != "newest"
    }
    ours = columns["ours"]
    ours["messages_per_second"] = about["messages"] / ours["seconds"]
    ours["stored_per_second"] = about["stored"] / ours["seconds"]
    for column in columns.values():
        column["times"] = column["seconds"] / ours["seconds"]
    newest = [result["seconds"] for result in results["newest"]]
    return {
        "columns": columns,
        "newest_seconds": median(newest),
        "all_newest_seconds": newest,
        "runs": len(newest),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }


def table(found: dict) -> str:
    """The figures of one mailbox for people."""
    ours = found["columns"]["ours"]
    peak, before = ours["peak"] / 1e6, ours["before"] / 1e6
    stored = f"{found['stored']:,} messages of {found['contacts']} contacts ({found['share']} %)"
    rows = [
        ("mailbox", f"{found['messages']:,} messages, {found['mailbox_bytes'] / 1e6:,.0f} MB"),
        ("stored", f"{stored}, {found['database']}"),
        ("messages a second", f"{ours['messages_per_second']:,.0f}"),
        ("stored a second", f"{ours['stored_per_second']:,.0f}"),
        ("peak memory", f"{peak:,.0f} MB ({before:,.0f} MB before the start)"),
        ("newest readable", f"{found['newest_seconds']:.2f} seconds after the start"),
    ]
    lines = [f"{name:<20}{value}" for name, value in rows]
    names = ["ours", "headers", *PEERS]
    lines.append(f"\n{'median of ' + str(found['runs']):<20}" + "".join(f"{name:>16}" for name in names))
    for label, key, form in (
        ("seconds", "seconds", ".2f"),
        ("CPU seconds", "cpu", ".2f"),
        ("times ours", "times", ".2f"),
    ):
        cells = [found["columns"].get(name, {}).get(key) for name in names]
        lines.append(
            f"{label:<20}" + "".join(f"{'' if cell is None else format(cell, form):>16}" for cell in cells)
        )
    return "\n".join(lines)


def judged(found: list[dict]) -> list[marks.Mark]:
    """The marks that these mailboxes can be held to."""
    reached = [mark for one in found for mark in marks.of_mailbox(one)]
    found = sorted(found, key=lambda one: one["messages"])
    return reached + [mark for small, large in pairwise(found) for mark in marks.across(small, large)]


def peers(text: str) -> list[str]:
    """The installed ones among the peers that are named."""
    named = list(PEERS) if text == "all" else [name for name in text.split(",") if name not in ("", "none")]
    if unknown := set(named) - set(PEERS):
        raise argparse.ArgumentTypeError(f"no peer is called {', '.join(sorted(unknown))}.")
    here = [name for name in named if PEERS[name].is_here()]
    for name in named:
        if name not in here:
            say(f"{name} is not installed; its column stays empty.")
    return here


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests/bench sync", description=__doc__)
    parser.add_argument(
        "--messages", type=int, nargs="+", default=[10_000], help="in the mailbox; several: one after another"
    )
    parser.add_argument(
        "--share", type=int, choices=SHARES, default=5, help="per cent that concern contacts (default: 5)"
    )
    parser.add_argument("--runs", type=int, default=3, help="of each case (default: 3)")
    parser.add_argument(
        "--peers", type=peers, default="all", help=f"all, none, or some of {','.join(PEERS)} (default: all)"
    )
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    options = parser.parse_args()
    if min(options.messages) < 20 or options.runs < 1:
        parser.error("at least 20 messages and one run are needed.")
    if options.database == "postgresql" and not postgresql.is_here():
        parser.error("PostgreSQL's initdb and postgres are needed, and psycopg in .venv.")
    found = [measure(messages, options.share, options) for messages in options.messages]
    reached = judged(found)
    if options.json:
        told = {"benchmark": "sync", "mailboxes": found, "marks": [mark.as_dict() for mark in reached]}
        print(json.dumps(told, indent=2))
    else:
        print("\n\n".join([*map(table, found), marks.table(reached)]))


if __name__ == "__main__":
    main()
