"""Somebody outside, who notes whom a browser wanted to reach. Chromium takes every ``*.evil.test`` to it."""

import re
import socket
import threading
from contextlib import suppress

_HOST = re.compile(rb"([a-z0-9-]+)\.evil\.test")


class Listener:
    """Knows by which name it was asked for, in clear or over TLS (in a ClientHello the name is readable)."""

    def __init__(self) -> None:
        self.asked: set[str] = set()
        self.connections = 0
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def launch_argument(self) -> str:
        return f"--host-resolver-rules=MAP *.evil.test 127.0.0.1:{self.port}"

    def _listen(self) -> None:
        while True:
            try:
                connection, _address = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._read, args=[connection], daemon=True).start()

    def _read(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(5)
            self.asked.update(one.decode() for one in _HOST.findall(connection.recv(65536)))

    def close(self) -> None:
        self.socket.close()
