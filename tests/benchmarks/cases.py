"""What is measured, each in a process of its own: ``python -m tests.benchmarks.cases CASE HOST PORT``.

The folder of the run (database, attachments, ``ca.pem``) is ``$SANDBOX_VAR``. A case prints one line of JSON.
"""

import io
import json
import os
import re
import resource
import socket
import ssl
import sys
import time
from pathlib import Path

from .mailbox import OWNER

PASSWORD = "benchmark"
CONTACTS = "contacts.json"
VAR = Path(os.environ["SANDBOX_VAR"])


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
    addresses = json.loads((VAR / CONTACTS).read_text())
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
    """The plugin's first synchronisation of the mailbox."""
    import django

    django.setup()
    from escala_email_plugin.models import EmailAccount, Location, Quarantined, Run
    from escala_email_plugin.sync.account import sync_account

    account = EmailAccount.objects.get()
    before = peak()
    start = time.perf_counter()
    finished = sync_account(account.pk)
    seconds = time.perf_counter() - start
    if not finished or Quarantined.objects.exists():
        account.refresh_from_db()
        raise SystemExit(
            f"The synchronisation did not succeed: {account.trouble or 'messages were set aside'}."
        )
    return {
        "seconds": seconds,
        "scanned": sum(Run.objects.values_list("done", flat=True)),
        "stored": Location.objects.count(),
        "before": before,
        "peak": peak(),
    }


def headers(host: str, port: int) -> dict:
    """The same address headers, read from the wire and not looked at: the floor for any scan."""
    context = ssl.create_default_context(cafile=VAR / "ca.pem")
    start = time.perf_counter()
    with (
        socket.create_connection((host, port), timeout=60) as plain,
        context.wrap_socket(plain, server_hostname=host) as wire,
    ):
        wire.recv(4096)
        ask(wire, f'a LOGIN "{OWNER}" "{PASSWORD}"')
        ask(wire, "b EXAMINE INBOX")
        size = ask(wire, "c UID FETCH 1:* (UID BODY.PEEK[HEADER.FIELDS (FROM TO CC BCC)])")
    return {"seconds": time.perf_counter() - start, "size": size, "peak": peak()}


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


if __name__ == "__main__":
    case = {"prepare": prepare, "sync": sync, "headers": headers}[sys.argv[1]]
    print(json.dumps(case(sys.argv[2], int(sys.argv[3]))))
