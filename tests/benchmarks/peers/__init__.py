"""Other programs that read the same mailbox, each run where it is installed.

``ESCALA_BENCH_NODE`` names a folder with imapflow and postal-mime in its ``node_modules`` (default: the
checkout), ``ESCALA_BENCH_PYTHON`` a Python that has django-mailbox; mbsync is looked for on the PATH.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..programs import ROOT, run

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Wire:
    """Where and as whom to read: IMAP over TLS, the authority's PEM file."""

    host: str
    port: int
    ca: str
    user: str
    password: str


@dataclass(frozen=True, slots=True)
class Peer:
    """Another program. ``deletes``: it needs a mailbox of its own.

    ``read(wire, folder)`` reads the whole inbox, leaves what it writes in the empty ``folder``, and returns
    ``{"seconds", "cpu", "messages"}``.
    """

    name: str
    is_here: Callable[[], bool]
    read: Callable[[Wire, Path], dict]
    deletes: bool = False


def _node() -> Path:
    return Path(os.environ.get("ESCALA_BENCH_NODE") or ROOT)


def _has_imapflow() -> bool:
    packages = [_node() / "node_modules" / name for name in ("imapflow", "postal-mime")]
    return shutil.which("node") is not None and all(package.is_dir() for package in packages)


def _imapflow(wire: Wire, folder: Path) -> dict:
    place = [str(_node()), wire.host, str(wire.port), wire.ca, wire.user]
    done = run(["node", str(HERE / "imapflow.mjs"), *place], told=wire.password, cwd=folder)
    return {**done.result, "cpu": done.cpu}


def _python() -> str:
    return os.environ.get("ESCALA_BENCH_PYTHON", "")


def _has_django_mailbox() -> bool:
    found = shutil.which(_python()) if _python() else None
    command = [found or "", "-c", "import django_mailbox"]
    return found is not None and not subprocess.run(command, capture_output=True, check=False).returncode


def _django_mailbox(wire: Wire, folder: Path) -> dict:
    place = [str(folder), wire.host, str(wire.port), wire.user]
    command = [_python(), str(HERE / "with_django_mailbox.py"), *place]
    done = run(command, told=wire.password, cwd=folder)
    return {**done.result, "cpu": done.cpu}


# mbsync compares the certificate with names only, so the host is named.
MBSYNC = """\
FSync no
SyncState *

IMAPAccount bench
Host localhost
Port {wire.port}
User {wire.user}
Pass {wire.password}
SSLType IMAPS
CertificateFile {wire.ca}

IMAPStore far
Account bench

MaildirStore near
Path {folder}/
Inbox {folder}/INBOX

Channel bench
Far :far:
Near :near:
Patterns INBOX
Sync Pull
Create Near
"""


def _mbsync(wire: Wire, folder: Path) -> dict:
    configuration = folder / "mbsyncrc"
    configuration.write_text(MBSYNC.format(wire=wire, folder=folder))
    done = run(["mbsync", "--quiet", "--config", str(configuration), "bench"], cwd=folder)
    messages = sum(1 for name in ("cur", "new") for _ in (folder / "INBOX" / name).iterdir())
    return {"seconds": done.seconds, "cpu": done.cpu, "messages": messages}


PEERS = {
    peer.name: peer
    for peer in (
        Peer("imapflow", _has_imapflow, _imapflow),
        Peer("django-mailbox", _has_django_mailbox, _django_mailbox, deletes=True),
        Peer("mbsync", lambda: shutil.which("mbsync") is not None, _mbsync),
    )
}
