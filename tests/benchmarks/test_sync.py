"""The benchmark runs, and what it counts is true."""

import json
import subprocess
import sys

import pytest

from .programs import ROOT


@pytest.mark.slow
@pytest.mark.dovecot
def test_a_small_run_scans_everything_and_stores_what_concerns_contacts():
    command = [sys.executable, "-m", "tests.benchmarks.sync", "--messages", "200", "--runs", "1", "--json"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    assert (found["messages"], found["stored"]) == (200, 10)
    assert found["peak_bytes"] >= found["peak_bytes_before"] > 0
    assert found["ratio"] == pytest.approx(found["seconds"] / found["headers_seconds"])
