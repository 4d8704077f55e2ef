"""A scripted IMAP or SMTP server in a thread, for everything a good server would not do.

def script(peer):
    peer.send("* OK ready")
    tag, command = peer.command()          # "A1", "CAPABILITY"
    peer.send("* CAPABILITY IMAP4rev1", f"{tag} OK done")

with Hostile(script) as server:
    …   # server.port; server.lines is what clients sent, server.error what broke the script
"""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable


class Peer:
    """The server's side of one connection. Lines are text (Latin-1) without CRLF."""

    def __init__(self, sock: socket.socket, lines: list[str]) -> None:
        self.sock = sock
        self.lines = lines
        self._reader = sock.makefile("rb")

    def send(self, *lines: str) -> None:
        """Lines, in one packet."""
        self.raw("".join(line + "\r\n" for line in lines).encode("latin-1"))

    def raw(self, data: bytes) -> None:
        """Bytes as they are."""
        self.sock.sendall(data)

    def drip(self, data: bytes, pause: float = 0.05) -> None:
        """Bytes one by one, for ever where the client lets us: ends when it has gone."""
        for byte in data:
            self.raw(bytes([byte]))
            time.sleep(pause)

    def line(self) -> str:
        """The client's next line. Raises ConnectionError at the end."""
        line = self._reader.readline()
        if not line:
            raise ConnectionError("the client has gone")
        text = line.decode("latin-1").removesuffix("\r\n")
        self.lines.append(text)
        return text

    def command(self) -> tuple[str, str]:
        """The client's next line as tag and the rest."""
        tag, _space, rest = self.line().partition(" ")
        return tag, rest

    def encrypt(self, context: ssl.SSLContext) -> None:
        """TLS from here on."""
        self.sock = context.wrap_socket(self.sock, server_side=True)
        self._reader = self.sock.makefile("rb")

    def greet(self, capabilities: str = "IMAP4rev1 AUTH=PLAIN", login: bool = True) -> None:
        """Greeting and login as a good server does them."""
        self.send("* OK ready")
        self.answer("CAPABILITY", f"* CAPABILITY {capabilities}")
        if login:
            tag, _ = self.command()
            self.send("+ ")
            self.line()
            self.send(f"{tag} OK [CAPABILITY {capabilities}] welcome")

    def answer(self, expected: str, *lines: str, result: str = "OK done") -> None:
        """Read a command, which must begin with ``expected``, and answer it."""
        tag, command = self.command()
        assert command.startswith(expected), command
        self.send(*lines, f"{tag} {result}")

    def wait(self) -> None:
        """Say nothing but good-bye until the client goes."""
        with contextlib.suppress(ConnectionError):
            while not self.line().endswith(" LOGOUT"):
                pass
            self.send("* BYE", "A1 OK bye")


class Hostile:
    """Runs ``script(peer)`` for every connection, as a context manager; with ``context``, inside TLS."""

    def __init__(self, script: Callable[[Peer], None], context: ssl.SSLContext | None = None) -> None:
        self.script = script
        self.context = context
        #: Every line clients have sent.
        self.lines: list[str] = []
        #: What went wrong in the script itself.
        self.error: Exception | None = None
        self._threads: list[threading.Thread] = []
        self._socks: list[socket.socket] = []

    def __enter__(self) -> "Hostile":
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(self, *exc_info) -> None:
        # accept() sleeps on after close(); shutdown() wakes it.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._socks:
            with contextlib.suppress(OSError):
                # Not SSLSocket's own, which would pull the TLS from under the script.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        if self.error and exc_info[0] is None:
            raise self.error

    def _start(self, target: Callable[..., None], *args) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _address = self._listener.accept()
                self._socks.append(sock)
                self._start(self._serve, sock)

    def _serve(self, sock: socket.socket) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if self.context:
                sock = self.context.wrap_socket(sock, server_side=True)
                self._socks.append(sock)
            peer = Peer(sock, self.lines)
            self.script(peer)
            sock = peer.sock
        except OSError:
            pass  # the client has gone, which is mostly what the test wants
        except Exception as error:
            self.error = error
        finally:
            sock.close()
