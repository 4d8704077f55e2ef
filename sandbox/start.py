"""What ``sandbox/run`` does, step by step. Standard library only: nothing is installed yet when it begins."""

import argparse
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from sandbox import leftovers, places
from sandbox.accounts import MAILBOXES, STAFF
from sandbox.children import Child, Children
from sandbox.environment import EnvironmentTrouble, environment
from sandbox.options import parse

#: Seconds until the web server must have answered.
SLOWEST_START = 90

#: Asks the sandbox itself, whatever proxy the machine is set up for.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Trouble(Exception):
    """The sandbox cannot start or go on; the text says why, and what to do."""


def main(arguments: list | None = None) -> int:
    """Start everything, and stop it all at Ctrl-C, SIGTERM or SIGHUP. Returns the exit code."""
    options = parse(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with only_one():
            clear_away()
            check_ports(options)
            python = environment("sandbox")
            if options.reset:
                reset()
            run(python, options)
    except (Trouble, EnvironmentTrouble) as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("\nStopped. The data is kept; sandbox/run goes on with it, sandbox/run --reset starts over.")
    return 0


@contextmanager
def only_one():
    """Hold the sandbox's lock. Raises Trouble where another ``sandbox/run`` holds it."""
    places.VAR.mkdir(parents=True, exist_ok=True)
    with places.LOCK.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble("The sandbox of this checkout is running already. Stop it first.") from None
        yield


def clear_away() -> None:
    """End what a killed ``sandbox/run`` left behind. The lock must be held: then it is dead.

    Raises Trouble where something of it cannot be ended.
    """
    processes = leftovers.left_over(places.PROCESSES)
    if processes:
        names = ", ".join(f"{process.name} ({process.pid})" for process in processes)
        say(f"The last sandbox/run was killed, and its processes were still there: {names}. Ending them.")
        if not leftovers.end(processes):
            raise Trouble("Some of these processes do not end. End them yourself, then start again.")


def check_ports(options: argparse.Namespace) -> None:
    """Raises Trouble for a port that is taken, naming it and the option that changes it."""
    for option in ("port", "imap_port", "smtp_port", "provider_port"):
        port = getattr(options, option)
        name = "--" + option.replace("_", "-")
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(("127.0.0.1", port))
                trial.listen(1)
            except OSError:
                raise Trouble(
                    f"Port {port} is taken by another program, or not allowed. "
                    f"Choose another one, for example: sandbox/run {name} {port % 60000 + 1001}"
                ) from None


def reset() -> None:
    """Throw everything away that the sandbox ever made."""
    say("Throwing all data and mail away.")
    for path in places.VAR.iterdir():
        if path == places.LOCK:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def run(python: Path, options: argparse.Namespace) -> None:
    """Prepare the data, start the processes and watch them. Ends only by an exception."""
    manage = [python, places.SANDBOX / "manage.py"]
    variables = {**os.environ, "PYTHONUNBUFFERED": "1", "SANDBOX_URL": address(options)}
    variables["DJANGO_SETTINGS_MODULE"] = "sandbox.settings"
    for name in ("imap_port", "smtp_port", "provider_port"):
        variables[f"SANDBOX_{name.upper()}"] = str(getattr(options, name))
    places.LOGS.mkdir(exist_ok=True)
    compile_catalogues(python)
    children = Children(places.PROCESSES)

    def start(name: str, *command) -> Child:
        log = places.LOGS / f"{name}.log"
        return children.start(Child(name, list(command), log, places.REPOSITORY, variables))

    try:
        ports = ["--imap-port", str(options.imap_port), "--smtp-port", str(options.smtp_port)]
        stand_in = ["--provider-port", str(options.provider_port)]
        start("provider", python, "-m", "sandbox.provider", "--port", stand_in[1])
        start("mail", python, "-m", "sandbox.mailserver", *ports, *stand_in)
        if places.DATABASE.exists():
            say("Preparing the database.")
        else:
            say("Making the database, the clients and their mail. This can take half a minute.")
        once([*manage, "prepare", "--verbosity", "0"], variables)
        say("Starting the web server, the worker and the watcher.")
        start("web", *manage, "runserver", "--noreload", f"127.0.0.1:{options.port}")
        start("worker", *manage, "run_huey")
        start("watch", *manage, "escala_email", "watch")
        wait(children, options)
        welcome(options)
        watch(children)
    finally:
        children.stop()


def compile_catalogues(python: Path) -> None:
    """Compile the message catalogues if one was edited since, or never compiled."""
    for source in places.REPOSITORY.glob("*/locale/*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            once([python, "catalogues.py"], dict(os.environ))
            return


def once(command: list, variables: dict) -> None:
    """Run a command to its end. Raises Trouble with its last lines where it fails."""
    done = subprocess.run(
        command,
        cwd=places.REPOSITORY,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        last = "\n".join(done.stdout.splitlines()[-15:])
        name = " ".join(Path(part).name for part in command[1:3])
        raise Trouble(f"{last}\n{name} failed; its last lines are above. sandbox/run --reset may help.")


def wait(children: Children, options: argparse.Namespace) -> None:
    """Until all servers answer. Raises Trouble where one ends, or takes too long."""
    until = time.monotonic() + SLOWEST_START
    others = (options.imap_port, options.smtp_port, options.provider_port)
    while not (web_answers(options.port) and all(listens(port) for port in others)):
        check(children)
        if time.monotonic() > until:
            raise Trouble(f"The sandbox did not answer in {SLOWEST_START} s. See {places.LOGS}.")
        time.sleep(0.1)
    check(children)


def web_answers(port: int) -> bool:
    try:
        with _direct.open(f"http://127.0.0.1:{port}/admin/login/", timeout=10) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        return False
    return True


def check(children: Children) -> None:
    """Raises Trouble where one of the children ended by itself."""
    child = children.ended()
    if child:
        raise Trouble(
            f"{child.last_lines()}\n"
            f"The {child.name} process ended by itself, so everything was stopped. "
            f"The end of its log is above; all of it is in {child.log}."
        )


def watch(children: Children) -> None:
    """Until one of them ends (Trouble) or we are told to stop (KeyboardInterrupt)."""
    while True:
        check(children)
        time.sleep(0.3)


def address(options: argparse.Namespace) -> str:
    return f"http://localhost:{options.port}"


def welcome(options: argparse.Namespace) -> None:
    """Everything somebody needs to begin."""
    lines = ["", f"The CRM is ready:  {address(options)}/", ""]
    for one in STAFF:
        role = "administrator" if one.administrator else "seller"
        lines.append(f"  {role:<14} user {one.username:<8} password {one.password}")
    lines += [
        "",
        "To connect a mailbox, log in as a seller and open Propiedades › Correos",
        "(or Cuenta › Más acciones › Correos; in English: Settings › Emails):",
        "",
    ]
    for mailbox in MAILBOXES:
        lines.append(f"  {mailbox.address:<28} password {mailbox.password}")
    lines += [
        "",
        f"  IMAP  host localhost  port {options.imap_port}  TLS",
        f"  SMTP  host localhost  port {options.smtp_port}  TLS",
        "  The user name is the address.",
        "",
        f"Google and Microsoft are stood in for at http://127.0.0.1:{options.provider_port}/",
        "  with the same mailboxes; there access is withdrawn, too.",
        "",
        f"Mail of the CRM's own, such as that a mailbox must be connected again, lies in {places.OUTBOX}.",
        f"Logs are in {places.LOGS}. Ctrl-C stops everything.",
    ]
    say("\n".join(lines))


def say(text: str) -> None:
    print(text, flush=True)
