"""What finds the messages of some addresses for less: reading every address header, or SEARCH?

Both are asked of one mailbox on a private Dovecot, through the plugin's own session; the answers must agree.
With ``--latency-ms`` and ``--mbit`` a proxy makes a network of the loopback. ``sync/plan.py`` chooses by its
figures.
"""

import argparse
import json
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from .mailbox import OWNER, PASSWORD, Plan, fill
from .programs import PATIENCE, say, wait_until_quiet
from .proxy import Line, in_front_of
from .serving import hand_over, served

ADDRESSES = (1, 2, 5, 10, 20, 50, 100)
#: UIDs of one SEARCH, and of one round of headers, as in ``sync/windows.py``.
WINDOW, BATCH = 50_000, 2_000


@dataclass(frozen=True, slots=True)
class Taken:
    """Wall seconds, our own CPU seconds, the UIDs that were found."""

    seconds: float
    cpu: float
    found: frozenset[int]


def timed(find: Callable[[], Any], runs: int) -> Taken:
    """The medians of some runs."""
    results = []
    for _ in range(runs):
        wait_until_quiet(min(PATIENCE, 2.0))
        start, cpu = time.perf_counter(), time.process_time()
        found = frozenset(find())
        results.append(Taken(time.perf_counter() - start, time.process_time() - cpu, found))
    return Taken(median(one.seconds for one in results), median(one.cpu for one in results), results[0].found)


def measure(messages: int, runs: int, line: Line) -> dict:
    """Both ways for each number of addresses, the server's cache warm."""
    plan = Plan(messages=messages)
    with served() as server:
        say(f"Writing {messages} messages …")
        contacts = fill(server.maildir(OWNER), plan).contacts
        hand_over(server.maildir(OWNER).parent)
        with in_front_of(server, line) as proxy:
            os.environ["SANDBOX_VAR"] = str(server.folder)
            os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.settings"
            rows = list(_both(proxy, messages, contacts, runs))
    return {"messages": messages, "rows": rows}


def _both(proxy, messages: int, contacts: tuple[str, ...], runs: int):
    import django

    django.setup()
    from escala_email_plugin.servers.credentials import Credentials
    from escala_email_plugin.servers.imap import ImapSession, Server
    from escala_email_plugin.sync import people

    with ImapSession(
        Server(proxy.host, proxy.port, "tls"), Credentials(OWNER, PASSWORD), deadline=600
    ) as session:
        session.examine("INBOX")

        def by_headers(addresses: set[str]) -> list[int]:
            found = []
            for low in range(1, messages + 1, BATCH):
                headers = session.address_headers(session.uids(low, low + BATCH - 1))
                found += [
                    uid for uid, raw in headers.items() if not addresses.isdisjoint(people.candidates(raw))
                ]
            return found

        def by_search(addresses: set[str]) -> list[int]:
            found = []
            for low in range(1, messages + 1, WINDOW):
                found += session.search(low, low + WINDOW - 1, sorted(addresses))
            return found

        by_headers(set())
        for count in ADDRESSES:
            some = set(contacts[:count])
            say(f"{count} addresses …")
            searched = timed(lambda some=some: by_search(some), runs)
            read = timed(lambda some=some: by_headers(some), runs)
            if not read.found <= searched.found:
                raise SystemExit("SEARCH found less than the headers tell.")
            yield row(count, messages, searched, read)


def row(count: int, messages: int, searched: Taken, read: Taken) -> dict:
    """The figures of one number of addresses; ``search_us``: microseconds a message, and so on."""
    return {
        "addresses": count,
        "found": len(read.found),
        "too_many": len(searched.found - read.found),
        "search_seconds": searched.seconds,
        "headers_seconds": read.seconds,
        "headers_cpu": read.cpu,
        "search_us": searched.seconds / messages * 1e6,
        "search_us_each": searched.seconds / messages / count * 1e6,
        "headers_us": read.seconds / messages * 1e6,
    }


def table(found: dict) -> str:
    """One mailbox' figures for people."""
    columns = [
        ("addresses", "addresses", "d"),
        ("found", "found", "d"),
        ("surplus", "too_many", "d"),
        ("SEARCH s", "search_seconds", ".3f"),
        ("headers s", "headers_seconds", ".3f"),
        ("our CPU s", "headers_cpu", ".3f"),
        ("SEARCH µs/msg", "search_us", ".2f"),
        ("and address", "search_us_each", ".2f"),
        ("headers µs/msg", "headers_us", ".2f"),
    ]
    lines = [f"{found['messages']:,} messages", "".join(f"{title:>15}" for title, *_ in columns)]
    lines += ["".join(f"{format(row[key], form):>15}" for _, key, form in columns) for row in found["rows"]]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests/bench plan", description=__doc__)
    parser.add_argument("--messages", type=int, nargs="+", default=[10_000], help="in the mailbox")
    parser.add_argument("--runs", type=int, default=3, help="of each (default: 3)")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="of the line, there and back")
    parser.add_argument("--mbit", type=float, default=0.0, help="a second on the line; 0: no limit")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    line = Line(options.latency_ms / 1000, options.mbit * 1e6)
    found = [measure(messages, options.runs, line) for messages in options.messages]
    if options.json:
        told = {"latency_ms": options.latency_ms, "mbit": options.mbit, "python": platform.python_version()}
        print(json.dumps({"benchmark": "plan", **told, "mailboxes": found}, indent=2))
    else:
        print("\n\n".join(map(table, found)))


if __name__ == "__main__":
    main()
