"""What is measured, in a process of its own: ``python -m tests.benchmarks.reading_pages RUNS ONLY``.

Ends by printing a line of JSON. The database is the large one (``million``), and is left as it is.
"""

import gc
import importlib
import json
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

from .million import world
from .programs import say

#: A case: its name, what asks once (called again and again), and its marks: ``p95`` in milliseconds,
#: ``queries``, ``times`` of another case ``times_of``, and whether it ``grows`` no more than told.
Case = tuple[str, Callable[[], Any], dict]

#: A case that would take more seconds than ``LONGEST`` is asked less often, yet ``FEWEST`` times.
LONGEST, FEWEST = 10, 10


def cases(told: dict) -> Iterator[Case]:
    """The timeline and the thread."""
    first = {"p95": 50, "queries": 12, "grows": True}
    heaviest, unshared, company = [told["heaviest"]], [told["unshared"]], [told["company"]]
    for reader in ("owner", "seller", "sharer"):
        ask = partial(pages, told, reader)
        yield f"{reader}: first page, many people", ask(told["ordinary"] + told["of_company"]), first
        yield f"{reader}: first page, 79,000 messages", ask(heaviest), first
        yield (
            f"{reader}: 200th page, 79,000 messages",
            ask(heaviest, number=200),
            {"times": 2, "times_of": f"{reader}: first page, 79,000 messages", "queries": 12},
        )
        yield f"{reader}: company, 300 addresses", ask(company, model="company"), {"p95": 150, "queries": 12}
    yield "seller: only grey lines, first page", pages(told, "seller", unshared), first
    yield (
        "seller: only grey lines, tenth page",
        pages(told, "seller", unshared, number=10),
        {"times": 2, "times_of": "seller: only grey lines, first page"},
    )
    yield "alone: nothing of 79,000 messages", pages(told, "alone", heaviest), {"p95": 250}
    thread = pages(told, "sharer", heaviest, thread=told["long_thread"])
    yield "sharer: a conversation of 200 messages", thread, {"p95": 100, "grows": True}
    narrowed = {
        "from them": "direction=in",
        "from us": "direction=out",
        "with files": "files=1",
        "a mailbox": "mailbox=21",
        "a mailbox that holds none of it": "mailbox=999",
        "days": "since=2020-01-01&until=2021-01-01",
        "waits for us": "waiting=us",
        "waits for them": "waiting=them",
    }
    for name, query in narrowed.items():
        yield (
            f"seller: filter {name}, 79,000 messages",
            pages(told, "seller", heaviest, query=query),
            {"p95": 150},
        )


def pages(
    told: dict,
    reader: str,
    records: list[int],
    model: str = "person",
    number: int = 1,
    thread: int | None = None,
    query: str = "",
) -> Callable[[], Any]:
    """Asks for a page of the records by turns, as ``reader`` signed in."""
    from django.urls import reverse

    client = signed_in(told["readers"][reader])

    def found() -> Iterator[str]:
        """The addresses, looked for when they are asked for first."""
        urls = []
        for record in records:
            place = ["crm", model, record]
            url = reverse("escala_email:timeline", args=place)
            if thread is not None:
                url = reverse("escala_email:thread", args=[*place, thread])
            urls.append(later(client, url, number, query))
        yield from cycle(urls)

    by_turns = found()
    return lambda: answered(client, next(by_turns))


def signed_in(name: str) -> Any:
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client()
    client.force_login(get_user_model().objects.get(username=name))
    return client


def answered(client: Any, url: str) -> Any:
    response = client.get(url)
    if response.status_code != 200:
        raise SystemExit(f"{url} answered {response.status_code}.")
    return response


def later(client: Any, url: str, number: int, query: str) -> str:
    """The address of the page ``number``, or of the last before it."""
    here = f"{url}?{query}"
    for _ in range(number - 1):
        following = re.search(r"before=(d?\d+-\d+)", answered(client, here).content.decode())
        if following is None:
            break
        here = f"{url}?before={following[1]}&{query}"
    return here


def measured(ask: Callable[[], Any], runs: int) -> dict:
    """Milliseconds of ``runs`` calls after some that count for nothing; statements of the most expensive."""
    from django.db import connection

    statements = 0

    def count(execute: Any, *arguments: Any) -> Any:
        nonlocal statements
        statements += 1
        return execute(*arguments)

    ask()  # which also looks for what is asked
    start = time.perf_counter()
    ask()
    runs = max(min(runs, FEWEST), min(runs, int(LONGEST / (time.perf_counter() - start))))
    most = size = 0
    with connection.execute_wrapper(count):
        for _ in range(min(runs, FEWEST)):
            statements = 0
            answer = ask()
            most, size = max(most, statements), len(getattr(answer, "content", b""))
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        ask()
        times.append((time.perf_counter() - start) * 1000)
    return {
        "p50": statistics.median(times),
        "p95": statistics.quantiles(times, n=20)[-1] if runs > 1 else times[0],
        "queries": most,
        "bytes": size,
    }


def all_cases(told: dict) -> Iterator[Case]:
    """Ours and those of the other parts' modules."""
    yield from cases(told)
    for path in sorted(Path(__file__).parent.glob("reading_*.py")):
        module = importlib.import_module(f"{__package__}.{path.stem}")
        if path.stem != "reading_pages" and hasattr(module, "cases"):
            for name, ask, mark in module.cases(told):
                yield name, ask, mark if isinstance(mark, dict) else {"p95": mark}


def main() -> None:
    import django

    django.setup()
    runs, only, told = int(sys.argv[1]), sys.argv[2], world()
    found = {}
    for name, ask, mark in all_cases(told):
        if only in name:
            ask()
            # As a server does that loads the site before it forks (gunicorn's ``preload_app``): else the
            # collector walks over all of Django's modules in one of ten requests, 35 ms of each.
            gc.collect()
            gc.freeze()
            found[name] = {**measured(ask, runs), "mark": mark}
            say(f"{name}: {found[name]['p50']:.1f} ms, p95 {found[name]['p95']:.1f}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
