"""Starting and stopping the sandbox."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from sandbox import environment, leftovers, places, start
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


@pytest.mark.parametrize("number", ["0", "-1", "65536", "80a", "9" * 5000])
def test_a_port_that_is_none_gets_a_sentence_at_once(number, capsys):
    with pytest.raises(SystemExit):
        start.parse([f"--imap-port={number}"])
    assert "argument --imap-port: a port is a number from 1 to 65535" in capsys.readouterr().err


def test_one_port_cannot_serve_two(capsys):
    with pytest.raises(SystemExit):
        start.parse(["--port", "8465"])
    assert "four different numbers" in capsys.readouterr().err


def test_the_welcome_leads_to_the_mailboxes(capsys):
    start.welcome(start.parse([]))
    assert "Propiedades › Correos" in capsys.readouterr().out


@pytest.fixture
def var(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "VAR", tmp_path)
    monkeypatch.setattr(places, "LOCK", tmp_path / "running.lock")
    monkeypatch.setattr(places, "PROCESSES", tmp_path / "processes.json")
    return tmp_path


def test_a_second_start_is_refused_while_one_runs(var):
    with start.only_one(), pytest.raises(Trouble, match="running already"), start.only_one():
        pass


def test_a_reset_throws_everything_away_and_says_so(var, capsys):
    (var / "attachments").mkdir()
    (var / "attachments" / "one.pdf").write_bytes(b"x")
    (var / "db.sqlite3").write_bytes(b"x")
    with start.only_one():
        start.reset()
    assert [path.name for path in var.iterdir()] == ["running.lock"]
    assert "Throwing all data and mail away" in capsys.readouterr().out


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
    children = Children(tmp_path / "processes.json")
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
    children = Children(tmp_path / "processes.json")
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


KILLED = '''
import os, signal, sys
from pathlib import Path
from sandbox.children import Child, Children

folder = Path(sys.argv[1])
code = """
import time
try:
    print("ready", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    open("ended", "w").close()
"""
command = [sys.executable, "-c", code, "a b", ""]
one = Children(folder / "processes.json").start(Child("web", command, folder / "log", folder, os.environ))
print(one.process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
'''


@pytest.fixture
def orphan(var):
    """The number of a process that a killed run left behind."""
    command = [sys.executable, "-c", KILLED, str(var)]
    done = subprocess.run(
        command, cwd=places.REPOSITORY, capture_output=True, text=True, timeout=30, check=False
    )
    pid = int(done.stdout)
    assert done.returncode == -signal.SIGKILL
    until = time.monotonic() + 20
    while not (var / "log").read_text():
        assert time.monotonic() < until
        time.sleep(0.02)
    yield pid
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def test_what_a_killed_run_left_behind_is_ended_and_named(orphan, var, capsys):
    start.clear_away()
    assert (var / "ended").exists()
    assert f"web ({orphan})" in capsys.readouterr().out
    start.clear_away()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "changed", [{"started": "another boot 1"}, {"arguments": ["-m", "other"]}, {"started": ""}]
)
def test_a_process_that_is_not_ours_is_left_alone(orphan, var, changed):
    (written,) = leftovers.left_over(places.PROCESSES)
    places.PROCESSES.write_text(json.dumps([written._replace(**changed)]))
    start.clear_away()
    time.sleep(0.2)
    assert not (var / "ended").exists()
    assert is_alive(orphan)


def test_a_process_without_a_session_of_its_own_is_left_alone(var):
    with subprocess.Popen([sys.executable, "-c", "input()", "x"], stdin=subprocess.PIPE) as other:
        leftovers.write_down(places.PROCESSES, "web", other.pid, other.args)
        assert leftovers.left_over(places.PROCESSES) == []


@pytest.mark.parametrize("content", ["", "[", "{}", "[[1]]", "[1]"])
def test_a_damaged_list_of_processes_names_none(var, content):
    places.PROCESSES.write_text(content)
    assert leftovers.left_over(places.PROCESSES) == []


def test_a_clean_stop_leaves_no_list_behind(var):
    children = Children(places.PROCESSES)
    children.start(child(var, "import time; time.sleep(60)"))
    assert len(leftovers.left_over(places.PROCESSES)) == 1
    children.stop()
    assert not places.PROCESSES.exists()


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
