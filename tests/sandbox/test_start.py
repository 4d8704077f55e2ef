"""Starting and stopping the sandbox."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from sandbox import environment, places, start
from sandbox.children import Child, Children
from sandbox.start import Trouble


def test_a_taken_port_is_named_with_the_option_that_changes_it(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = subprocess.run(
            [sys.executable, places.SANDBOX / "run", "--smtp-port", str(port)],
            env={**os.environ, "SANDBOX_VAR": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr
    assert "sandbox/run --smtp-port" in done.stderr


@pytest.fixture
def var(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "VAR", tmp_path)
    monkeypatch.setattr(places, "LOCK", tmp_path / "running.lock")
    return tmp_path


def test_a_second_start_is_refused_while_one_runs(var):
    with start.only_one(), pytest.raises(Trouble, match="running already"), start.only_one():
        pass


def test_a_reset_throws_everything_away(var):
    (var / "attachments").mkdir()
    (var / "attachments" / "one.pdf").write_bytes(b"x")
    (var / "db.sqlite3").write_bytes(b"x")
    with start.only_one():
        start.reset()
    assert [path.name for path in var.iterdir()] == ["running.lock"]


def test_an_old_catalogue_is_compiled_again(tmp_path, monkeypatch):
    source = tmp_path / "package" / "locale" / "es" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text("")
    called = []
    monkeypatch.setattr(places, "REPOSITORY", tmp_path)
    monkeypatch.setattr(start, "once", lambda command, variables: called.append(command))
    start.compile_catalogues("python")
    assert called == [["python", "catalogues.py"]]
    source.with_suffix(".mo").write_bytes(b"")
    start.compile_catalogues("python")
    assert len(called) == 1


def child(tmp_path, code: str) -> Child:
    return Child("trial", [sys.executable, "-c", code], tmp_path / "trial.log", tmp_path, dict(os.environ))


def test_a_child_that_ends_by_itself_is_named_with_its_last_words(tmp_path):
    children = Children()
    one = children.start(child(tmp_path, "raise SystemExit('no hay disco')"))
    one.process.wait(20)
    with pytest.raises(Trouble, match=r"no hay disco(?s:.*)The trial process ended by itself"):
        start.check(children)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_stopping_leaves_no_process_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("sandbox.children.PATIENCE", 0.5)
    stubborn = (
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "inner = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(inner.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    children = Children()
    one = children.start(child(tmp_path, stubborn))
    until = time.monotonic() + 20
    while not (line := (tmp_path / "trial.log").read_text()).endswith("\n"):
        assert time.monotonic() < until
        time.sleep(0.02)
    children.stop()
    assert one.process.returncode == -signal.SIGTERM
    until = time.monotonic() + 10
    while is_alive(int(line)):
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_failing_pip_is_quoted_and_explained(tmp_path, monkeypatch):
    failing = tmp_path / "python"
    failing.write_text("#!/bin/sh\necho 'Could not find a version'\nexit 1\n")
    failing.chmod(0o755)
    monkeypatch.setattr(environment, "PYTHON", failing)
    with pytest.raises(environment.EnvironmentTrouble, match=r"Could not find a version(?s:.*)network"):
        environment._install(["sandbox"])


def test_nothing_is_installed_twice(tmp_path, monkeypatch):
    installed = []
    monkeypatch.setattr(environment, "PYTHON", sys.executable)
    monkeypatch.setattr(environment, "STAMP", tmp_path / "installed.json")
    monkeypatch.setattr(environment, "_install", installed.append)
    environment.environment("sandbox")
    environment.environment("sandbox")
    environment.environment("test")
    environment.environment("sandbox", "test")
    assert installed == [["sandbox"], ["sandbox", "test"]]


def test_changed_metadata_is_installed_again(tmp_path, monkeypatch):
    installed = []
    monkeypatch.setattr(environment, "PYTHON", sys.executable)
    monkeypatch.setattr(environment, "STAMP", tmp_path / "installed.json")
    monkeypatch.setattr(environment, "_install", installed.append)
    environment.environment("sandbox")
    monkeypatch.setattr(environment, "_metadata", lambda: "another")
    environment.environment("sandbox")
    assert installed == [["sandbox"], ["sandbox"]]


def test_a_python_without_ensurepip_gets_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "PYTHON", tmp_path / "none")
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(environment.EnvironmentTrouble, match="python3-venv"):
        environment.check_python()
