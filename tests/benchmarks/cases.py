"""What of ours is measured, in a process of its own: ``python -m tests.benchmarks.cases CASE HOST PORT``.

The folder of the run (database, attachments, ``ca.pem``, ``mailbox.json``) is ``$SANDBOX_VAR``. A case ends
by printing a line of JSON.
"""

import io
import json
import os
import re
import resource
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

from .mailbox import DESCRIPTION, OWNER, PASSWORD

#: Seconds between two looks at the timeline.
GLANCE = 0.01


def var() -> Path:
    """The folder of the run."""
    return Path(os.environ["SANDBOX_VAR"])


def described() -> dict:
    """What the mailbox holds: ``{"contacts": [address, …], "newest": {"contact", "message_id"}}``."""
    return json.loads((var() / DESCRIPTION).read_text())


def prepare(host: str, port: int) -> dict:
    """The host's database before the first synchronisation: contacts, a seller, a connected mailbox."""
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    from escala_email_plugin.models import EmailAccount, RecordAddress
    from escala_email_plugin.servers.secrets import encrypt
    from sandbox.crm.models import Person

    call_command("migrate", verbosity=0)
    addresses = described()["contacts"]
    Person.objects.bulk_create(Person(first_name="Contact", last_name=each, email=each) for each in addresses)
    call_command("escala_email", "reindex", stdout=io.StringIO())
    EmailAccount.objects.create(
        kind="personal",
        owner=get_user_model().objects.create_user("seller"),
        address=OWNER,
        imap_host=host,
        imap_port=port,
        smtp_host=host,
        username=OWNER,
        secret=encrypt(PASSWORD),
    )
    return {"contacts": RecordAddress.objects.count()}


def sync(host: str, port: int) -> dict:
    """The plugin's first synchronisation of the mailbox, in a process that holds what a worker holds."""
    start_worker()
    from escala_email_plugin.models import EmailAccount, Location, Quarantined, Run
    from escala_email_plugin.sync.account import sync_account

    account = EmailAccount.objects.get()
    before = peak()
    started, start, cpu = time.time(), time.perf_counter(), time.process_time()
    finished = sync_account(account.pk)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    if not finished or Quarantined.objects.exists():
        account.refresh_from_db()
        raise SystemExit(
            f"The synchronisation did not succeed: {account.trouble or 'messages were set aside'}."
        )
    return {
        "started": started,
        "seconds": seconds,
        "cpu": cpu,
        "messages": sum(Run.objects.filter(kind="sync").values_list("done", flat=True)),
        "stored": Location.objects.count(),
        "before": before,
        "peak": peak(),
    }


def start_worker() -> None:
    """What ``manage.py run_huey`` does before its first task: apps, checks, tasks, their start."""
    import django

    django.setup()
    from django.core.management import call_command

    from escala_email_plugin.tasks import settle_in

    call_command("check", verbosity=0, stdout=io.StringIO())
    settle_in()


def newest(host: str, port: int) -> dict:
    """Seconds from the start of a synchronisation to its newest message being on a timeline.

    The mailbox is synchronised by another process, as it would be; this one looks at the contact's page.
    """
    import django

    django.setup()
    from django.contrib.auth import get_user_model

    from escala_email_plugin.reading.timeline import Timeline
    from sandbox.crm.models import Person

    wanted = described()["newest"]
    timeline = Timeline(
        Person.objects.get(email=wanted["contact"]), get_user_model().objects.get(username="seller")
    )
    command = [sys.executable, "-m", "tests.benchmarks.cases", "sync", host, str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        seen = None
        while seen is None and worker.poll() is None:
            page = timeline.conversations()
            if any(one.newest.message.message_id == wanted["message_id"] for one in page.items):
                seen = time.time()
            time.sleep(GLANCE)
        output = worker.stdout.read()
    if worker.returncode or seen is None:
        raise SystemExit(
            "The newest message was not seen on the timeline while the mailbox was synchronised."
        )
    return {"seconds": seen - json.loads(output)["started"]}


def poll(host: str, port: int) -> dict:
    """Polls of a mailbox in which nothing is new: what one costs this process, and its SQL statements.

    Reads a number of polls from standard input after it said that the mailbox was synchronised.
    """
    start_worker()
    from django.db import connection

    from escala_email_plugin.models import EmailAccount, Folder, Location
    from escala_email_plugin.servers import pool
    from escala_email_plugin.sync.account import sync_account

    # Between two polls lie minutes: each asks first whether the connection is still there.
    pool._pool._checked_after = 0.0
    pk, statements = EmailAccount.objects.get().pk, 0

    def count(execute, *arguments):
        nonlocal statements
        statements += 1
        return execute(*arguments)

    for _ in range(3):
        if not sync_account(pk):
            raise SystemExit(f"The mailbox was not synchronised: {EmailAccount.objects.get().trouble}.")
    print(json.dumps({"folders": Folder.objects.filter(synced=True).count()}), flush=True)
    polls, stored = int(sys.stdin.readline()), Location.objects.count()
    with connection.execute_wrapper(count):
        start, cpu = time.perf_counter(), time.process_time()
        done = all(sync_account(pk) for _ in range(polls))
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    if not done or Location.objects.count() != stored:
        raise SystemExit("Not every poll came to its end.")
    return {"seconds": seconds / polls, "cpu": cpu / polls, "statements": statements / polls, "peak": peak()}


def headers(host: str, port: int) -> dict:
    """The same address headers, read from the wire and not looked at: the floor for any scan."""
    context = ssl.create_default_context(cafile=var() / "ca.pem")
    start, cpu = time.perf_counter(), time.process_time()
    with (
        socket.create_connection((host, port), timeout=60) as plain,
        context.wrap_socket(plain, server_hostname=host) as wire,
    ):
        wire.recv(4096)
        ask(wire, f'a LOGIN "{OWNER}" "{PASSWORD}"')
        ask(wire, "b EXAMINE INBOX")
        size = ask(wire, "c UID FETCH 1:* (UID BODY.PEEK[HEADER.FIELDS (FROM TO CC BCC)])")
    return {
        "seconds": time.perf_counter() - start,
        "cpu": time.process_time() - cpu,
        "size": size,
        "peak": peak(),
    }


def ask(wire: ssl.SSLSocket, command: str) -> int:
    """Send a command, read its whole answer and return the answer's size in bytes."""
    wire.sendall(command.encode() + b"\r\n")
    done = f"\r\n{command.split()[0]} ".encode()
    size, tail = 0, b"\r\n"
    while done not in tail or not tail.endswith(b"\r\n"):
        received = wire.recv(1 << 16)
        if not received:
            raise SystemExit("The mail server hung up.")
        size += len(received)
        tail = tail[-1024:] + received
    if done + b"OK" not in tail:
        raise SystemExit("The mail server refused a command.")
    return size


def peak() -> int:
    """The most memory this process ever held, in bytes."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    # Linux hands a parent's ru_maxrss on to the programs it starts; this figure begins anew.
    return int(re.search(r"^VmHWM:\s*(\d+) kB", status, re.MULTILINE)[1]) * 1024


CASES = {"prepare": prepare, "sync": sync, "newest": newest, "poll": poll, "headers": headers}

if __name__ == "__main__":
    print(json.dumps(CASES[sys.argv[1]](sys.argv[2], int(sys.argv[3]))))
