"""A TLS proxy in front of an IMAP server: counts round trips, and may be as slow as a network."""

import re
import selectors
import socket
import ssl
import threading
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from tests.servers.dovecot import Dovecot

_LOGIN = re.compile(rb"([A-Za-z0-9]+) (?:AUTHENTICATE|LOGIN) ", re.IGNORECASE)


@dataclass
class Count:
    """What went through: connections, and of each what came after its login.

    A round trip is something sent by the client after the server has spoken.
    """

    connections: int = 0
    round_trips: int = 0
    commands: int = 0
    bytes_in: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A network: seconds there and back, bits a second from the server; 0 for as fast as it goes."""

    latency: float = 0.0
    rate: float = 0.0


class Proxy:
    """Terminates TLS on ``port`` and speaks to a server's plain IMAP port, as a context manager."""

    def __init__(self, host: str, plain: int, certificate: Path, key: Path, line: Line = Line()) -> None:
        self.host, self._plain, self._line = host, plain, line
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self.count = Count()

    def __enter__(self) -> "Proxy":
        self._listener = socket.create_server((self.host, 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exc_info) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        try:
            with (
                self._context.wrap_socket(sock, server_side=True) as client,
                socket.create_connection((self.host, self._plain)) as server,
            ):
                for each in (client, server):
                    each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.count.connections += 1
                _Conversation(client, server, self.count, self._line).run()
        except OSError:
            return  # somebody hung up


class _Conversation:
    """One connection: both directions in one thread, so that it is certain who spoke last."""

    def __init__(self, client: ssl.SSLSocket, server: socket.socket, count: Count, line: Line) -> None:
        self.client, self.server, self.count, self.line = client, server, count, line
        self.login = b""
        self.logged_in = self.server_spoke = False
        #: (when it arrives, data) on its way to either side.
        self.up: deque[tuple[float, bytes]] = deque()
        self.down: deque[tuple[float, bytes]] = deque()
        self.free_at = 0.0

    def run(self) -> None:
        """Until either side has hung up."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.client, selectors.EVENT_READ)
            selector.register(self.server, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select(self._pause()):
                    if not self._receive(key.fileobj):
                        return
                self._deliver()

    def _pause(self) -> float | None:
        """Seconds until the next piece has arrived; None where nothing is on its way."""
        times = [queue[0][0] for queue in (self.up, self.down) if queue]
        return max(0.0, min(times) - time.monotonic()) if times else None

    def _receive(self, sock: object) -> bool:
        data = sock.recv(1 << 16)
        while data and sock is self.client and self.client.pending():
            data += self.client.recv(1 << 16)
        if not data:
            return False
        now = time.monotonic()
        if sock is self.client:
            self._from_client(data)
            self.up.append((now + self.line.latency / 2, data))
        else:
            self._from_server(data)
            # What is sent waits for what was sent before it, and takes its own time on the line.
            self.free_at = max(now, self.free_at)
            if self.line.rate:
                self.free_at += len(data) * 8 / self.line.rate
            self.down.append((self.free_at + self.line.latency / 2, data))
        return True

    def _deliver(self) -> None:
        now = time.monotonic()
        for queue, sock in ((self.up, self.server), (self.down, self.client)):
            while queue and queue[0][0] <= now:
                sock.sendall(queue.popleft()[1])

    def _from_client(self, data: bytes) -> None:
        if self.logged_in:
            self.count.round_trips += self.server_spoke
            self.count.commands += data.count(b"\r\n")
        elif found := _LOGIN.match(data):
            self.login = found[1]
        self.server_spoke = False

    def _from_server(self, data: bytes) -> None:
        self.server_spoke = True
        if self.logged_in:
            self.count.bytes_in += len(data)
        elif self.login:
            self.logged_in = re.search(rb"(?:^|\n)" + self.login + rb" OK", data) is not None


def in_front_of(server: Dovecot, line: Line = Line()) -> Proxy:
    """A proxy that shows the server's own certificate, not started yet."""
    folder = server.folder
    return Proxy(server.host, server.imap, folder / "server.pem", folder / "server.key", line)
