"""The benchmark runs, and what it counts is true."""

import json
import subprocess
import sys

import pytest

from .watch import ROOT


def run(*options: str) -> dict:
    command = [sys.executable, "-m", "tests.benchmarks.watch", "--idle", "0.2", "--json", *options]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.slow
def test_every_account_is_held_by_one_connection_and_ordered_once_for_each_news():
    found = run("--accounts", "30", "--samples", "5")
    assert (found["accounts"], found["samples"], found["ordered_without_news"]) == (30, 5, 0)
    logins = {name: found["asked"][name] for name in ("AUTHENTICATE", "EXAMINE", "IDLE")}
    assert logins == {"AUTHENTICATE": 30, "EXAMINE": 30, "IDLE": 30}
    assert found["peak_bytes"] >= found["rss_bytes"] >= found["rss_bytes_before"] > 0


@pytest.mark.slow
@pytest.mark.dovecot
def test_a_real_server_is_watched_as_well():
    found = run("--accounts", "5", "--samples", "5", "--dovecot")
    assert (found["accounts"], found["samples"], found["server"]) == (5, 5, "RealServer")
