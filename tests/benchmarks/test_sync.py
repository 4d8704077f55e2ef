"""The benchmark runs, and what it counts is true."""

import json
import os
import subprocess
import sys

import pytest

from . import marks
from .peers import PEERS
from .programs import ROOT
from .sync import figures, judged, table


def bench(name, *arguments):
    command = [sys.executable, "-m", f"tests.benchmarks.{name}", *arguments, "--json"]
    at_once = {**os.environ, "ESCALA_BENCH_PATIENCE": "0"}
    result = subprocess.run(command, cwd=ROOT, env=at_once, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.slow
@pytest.mark.dovecot
@pytest.mark.parametrize(("share", "stored"), [(5, 10), (100, 200)])
def test_a_small_run_scans_everything_and_stores_what_concerns_contacts(share, stored):
    told = bench("sync", "--messages", "200", "--share", str(share), "--runs", "1", "--peers", "none")
    (found,) = told["mailboxes"]
    assert (found["messages"], found["stored"]) == (200, stored)
    ours, headers = found["columns"]["ours"], found["columns"]["headers"]
    assert ours["peak"] >= ours["before"] > 0
    assert headers["times"] == pytest.approx(headers["seconds"] / ours["seconds"])
    assert found["newest_seconds"] > 0


@pytest.mark.slow
@pytest.mark.dovecot
def test_a_poll_keeps_its_connection_and_is_counted():
    found = bench("poll", "--folders", "3", "--polls", "5")
    assert (found["folders"], found["connections"]) == (3, 0)
    assert found["round_trips"] >= 1
    assert found["statements"] > 0


@pytest.mark.slow
@pytest.mark.dovecot
def test_search_and_headers_find_the_same_messages():
    told = bench("plan", "--messages", "300", "--runs", "1", "--latency-ms", "1", "--mbit", "100")
    rows = told["mailboxes"][0]["rows"]
    assert rows[-1]["found"] > 0
    assert all(row["search_seconds"] > 0 and row["headers_seconds"] > 0 for row in rows)


def results(seconds, peer_seconds, peak=140e6):
    """What the cases told, all of the same length."""
    run = {"cpu": seconds, "messages": 1, "stored": 1, "before": 120e6, "peak": peak}
    return {
        "sync": [{"seconds": seconds, **run}] * 3,
        "headers": [{"seconds": 0.1, "cpu": 0.1, "peak": 20e6}] * 3,
        "newest": [{"seconds": 0.5}] * 3,
        "mbsync": [{"seconds": peer_seconds, "cpu": peer_seconds, "messages": 1}] * 3,
    }


def mailbox(messages=10_000, share=5, seconds=1.0, peer_seconds=6.0, **options):
    about = {"messages": messages, "share": share, "stored": messages * share // 100}
    about |= {"mailbox_bytes": 1, "contacts": 500, "database": "sqlite"}
    return about | figures(about, results(seconds, peer_seconds, **options))


def test_the_marks_are_held_against_what_was_measured():
    reached = {mark.name: mark.reached for mark in judged([mailbox(), mailbox(share=100, peer_seconds=0.4)])}
    assert reached == {
        "10,000 messages, 5 %: faster than mbsync": True,
        "10,000 messages, 100 %: time of mbsync": False,
    }


def test_a_large_mailbox_is_compared_with_a_small_one():
    small, large = mailbox(), mailbox(50_000, seconds=6.0, peak=170e6)
    reached = {mark.name: mark.reached for mark in judged([large, small]) if "50,000 against" in mark.name}
    assert reached == {
        "50,000 against 10,000 messages, 5 %: peak memory": False,
        "50,000 against 10,000 messages, 5 %: messages a second": False,
    }


def test_a_mailbox_too_small_to_tell_is_held_to_no_mark():
    assert judged([mailbox(1_000)]) == []


def test_the_column_of_a_peer_that_is_not_installed_stays_empty():
    lines = {line.split("  ")[0]: line for line in table(mailbox()).splitlines()}
    assert [name for name in PEERS if name in lines["median of 3"]] == list(PEERS)
    # ours, headers and mbsync
    assert len(lines["seconds"].split()[1:]) == 3


def test_a_missed_mark_is_shown_as_such():
    missed = marks.at_least("pace", 3.0, 5)
    assert marks.table([missed]).startswith("MISSED")
