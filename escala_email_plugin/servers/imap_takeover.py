"""From a full IMAP session to a bare socket on which an ``Idler`` can live."""

import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass

from .credentials import Credentials
from .imap import ImapSession
from .imap_folders import FolderState
from .roles import role_of
from .server import Server

#: Seconds of silence, seconds between probes, and probes: NAT forgets a quiet connection in five minutes.
KEEPALIVE = {"TCP_KEEPIDLE": 180, "TCP_KEEPINTVL": 60, "TCP_KEEPCNT": 3}


@dataclass(frozen=True, slots=True)
class Opened:
    """A logged-in, non-blocking socket with ``folder`` open, and the bytes that came ``ahead`` of need."""

    sock: ssl.SSLSocket
    ahead: bytes
    folder: str
    state: FolderState


def open_for_idle(
    server: Server, credentials: Credentials, *, deadline: float, trusted: ssl.SSLContext
) -> Opened | None:
    """Log in and open the folder where new mail shows; None where the server has no IDLE. Blocks.

    Nothing of IMAPClient or imaplib stays behind: a thousand idle connections are a thousand sockets.
    Raises ImapError.
    """
    with ImapSession(server, credentials, deadline=deadline, trusted=trusted) as session:
        capabilities = session.capabilities
        if "IDLE" not in capabilities:
            return None
        folder = _all_mail(session) if "X-GM-EXT-1" in capabilities else ""
        folder = folder or "INBOX"
        state = session.examine(folder)
        sock, ahead = session.hand_over()
    sock.setblocking(False)
    _keep_alive(sock)
    return Opened(sock, ahead, folder, state)


def _all_mail(session: ImapSession) -> str:
    """Gmail's folder of everything, where sent mail shows too; "" where it is hidden from IMAP."""
    found = (one.name for one in session.folders() if role_of(one) == "all" and "\\noselect" not in one.flags)
    return next(found, "")


def _keep_alive(sock: socket.socket) -> None:
    with suppress(OSError):  # a peer that has gone is noticed by the first read
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in KEEPALIVE.items():
            if hasattr(socket, name):  # not every system has all of them
                sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
