"""What the tests' private servers have in common: a short folder, an owner who is not root, ports, an end."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

HOST = "127.0.0.1"
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"


def scratch(stack: contextlib.ExitStack, prefix: str) -> Path:
    """A new folder, gone with ``stack``. In /tmp and short: a Unix socket's name has at most 108 bytes."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    return folder


def owner() -> pwd.struct_passwd:
    """Whom servers run as: ourselves, or ``nobody`` in place of root, as whom they refuse to run."""
    return pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())


def as_owner(folder: Path) -> dict:
    """Give ``folder`` and all in it to the owner; returns what ``subprocess`` needs to become that."""
    if os.getuid() != 0:
        return {}
    account = owner()
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def run(stack: contextlib.ExitStack, command: list[str], folder: Path) -> subprocess.Popen:
    """Start a server as the folder's owner; it writes to ``folder/output`` and is stopped with ``stack``."""
    become = as_owner(folder)
    output = stack.enter_context((folder / "output").open("w"))
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        **become,
    )
    stack.callback(stop, process)
    return process


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody uses."""
    with contextlib.ExitStack() as stack:
        socks = [stack.enter_context(socket.socket()) for _ in range(count)]
        for sock in socks:
            sock.bind((HOST, 0))
        return [sock.getsockname()[1] for sock in socks]


def stop(process: subprocess.Popen) -> None:
    """End a server and what it started: some go on for seconds where a client is connected."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
