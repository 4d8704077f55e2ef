"""Bytes to and from a server, under one deadline.

A socket's own timeout starts anew with each packet, so a server that drips one byte a
second is never late. Here every wait is cut to what is left of the operation's time.
"""

import contextlib
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from . import reach
from .errors import WireError
from .traffic import Traffic

T = TypeVar("T")

#: Bytes asked of the socket at once.
PACKET = 1 << 16

# OpenSSL's X509_V_ERR_* numbers (x509_vfy.h).
_CERTIFICATE_CODES = {
    9: "certificate_not_yet_valid",
    10: "certificate_expired",
    18: "certificate_untrusted",
    19: "certificate_untrusted",
    20: "certificate_untrusted",
    21: "certificate_untrusted",
    62: "certificate_wrong_host",
    64: "certificate_wrong_host",
    # What only VERIFY_X509_STRICT minds, the default since Python 3.13.
    **dict.fromkeys(range(79, 95), "certificate_strict"),
}
_PLAIN_TEXT_REASONS = {
    "WRONG_VERSION_NUMBER",
    "HTTP_REQUEST",
    "UNKNOWN_PROTOCOL",
    "PACKET_LENGTH_TOO_LONG",
    "RECORD_LAYER_FAILURE",
}


class Deadline:
    """The seconds one operation may take altogether."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.restart()

    def restart(self, at_most: float | None = None) -> None:
        """Begin a new operation, with all its time or ``at_most`` these seconds of it."""
        seconds = self.seconds if at_most is None else min(self.seconds, at_most)
        self._until = time.monotonic() + seconds

    def left(self) -> float:
        """The seconds left, more than 0. Raises WireError("timeout") when there are none."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise WireError("timeout")
        return left


class Wire:
    """A connected socket, read by lines and by size."""

    def __init__(
        self, sock: socket.socket, deadline: Deadline, allowance: int, traffic: Traffic | None = None
    ) -> None:
        self.sock = sock
        self.deadline = deadline
        self.traffic = traffic or Traffic()
        #: Bytes the server may still send in this operation.
        self.allowance = allowance
        self._ahead = b""
        self._at = 0

    @property
    def pending(self) -> int:
        """Bytes that have come and have not been read."""
        return len(self._ahead) - self._at

    def rest(self) -> bytes:
        """What has come and has not been read: now it has."""
        rest, self._ahead, self._at = self._ahead[self._at :], b"", 0
        return rest

    def readline(self, limit: int) -> bytes:
        """The next line with its end, cut after ``limit`` bytes. Raises WireError."""
        start, end = self._at, self._ahead.find(b"\n", self._at) + 1
        if 0 < end - start <= limit:
            self._at = end
            return self._ahead[start:end]
        pieces: list[bytes] = []
        length = 0
        while True:
            end = self._ahead.find(b"\n", self._at) + 1 or len(self._ahead)
            end = min(end, self._at + limit - length)
            piece = self._ahead[self._at : end]
            self._at = end
            pieces.append(piece)
            length += len(piece)
            if piece.endswith(b"\n") or length >= limit:
                return piece if len(pieces) == 1 else b"".join(pieces)
            self._receive()

    def read(self, size: int) -> bytes:
        """Exactly ``size`` bytes. Nothing is allocated before it has come. Raises WireError."""
        if size - self.pending > self.allowance:
            raise WireError("too_big_answer")
        pieces: list[bytes] = []
        missing = size
        while True:
            piece = self._ahead[self._at : self._at + missing]
            self._at += len(piece)
            missing -= len(piece)
            pieces.append(piece)
            if not missing:
                return piece if len(pieces) == 1 else b"".join(pieces)
            self._receive()

    def some(self, size: int) -> bytes:
        """At most ``size`` bytes of what comes next, at least one; none at the end. Raises WireError."""
        if not self.pending:
            try:
                self._receive()
            except WireError as error:
                if error.code != "connection_lost":
                    raise
                return b""
        piece = self._ahead[self._at : self._at + size]
        self._at += len(piece)
        return piece

    def send(self, data: bytes) -> None:
        """Send all of ``data``. Raises WireError."""
        rest = memoryview(data)
        while rest:
            sent = self._wait(self.sock.send, rest)
            self.traffic.bytes_out += sent
            rest = rest[sent:]

    def close(self) -> None:
        """Close the connection; never raises."""
        with contextlib.suppress(OSError):
            self.sock.close()

    def _receive(self) -> None:
        data = self._wait(self.sock.recv, PACKET)
        if not data:
            raise WireError("connection_lost")
        self.traffic.bytes_in += len(data)
        self.allowance -= len(data)
        if self.allowance < 0:
            raise WireError("too_big_answer")
        self._ahead = data
        self._at = 0

    def _wait(self, act: Callable[[Any], T], argument: Any) -> T:
        """Let the other side do its part: counted, cut to the time left, its errors ours."""
        began = time.monotonic()
        self.sock.settimeout(self.deadline.left())
        try:
            return act(argument)
        except TimeoutError:
            raise WireError("timeout") from None
        except OSError:
            raise WireError("connection_lost") from None
        finally:
            self.traffic.seconds += time.monotonic() - began


def resolve(host: str, port: int, deadline: Deadline) -> list[tuple[Any, ...]]:
    """The addresses at which a mail server may be reached, for ``connect``. Raises WireError."""
    reach.check_port(port)
    return look_up(host, port, deadline)


def look_up(host: str, port: int, deadline: Deadline) -> list[tuple[Any, ...]]:
    """The addresses of ``host`` that may be reached, as getaddrinfo gives them. Raises WireError."""
    return reach.permitted(host, _look_up(host, port, deadline))


def _look_up(host: str, port: int, deadline: Deadline) -> list[tuple[Any, ...]]:
    answer: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answer.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except Exception as error:
            answer.put(error)

    # The C library's resolver cannot be given a deadline; a thread can be left behind.
    threading.Thread(target=ask, daemon=True, name="escala-email-resolve").start()
    try:
        found = answer.get(timeout=deadline.left())
    except queue.Empty:
        raise WireError("dns_failed") from None
    if isinstance(found, socket.gaierror) and found.errno == socket.EAI_AGAIN:
        raise WireError("dns_failed")
    if isinstance(found, Exception) or not found:
        # Not only gaierror: UnicodeError for a label that is no name, ValueError for NUL.
        raise WireError("host_not_found")
    return found


def connect(addresses: list[tuple[Any, ...]], deadline: Deadline) -> socket.socket:
    """A connection to the first of ``addresses``, as ``look_up`` gave them, that answers. Raises WireError.

    No name is asked for again, so nothing is connected to that was not judged. Each address gets its share
    of the time, so that a dead IPv6 route does not use it all.
    """
    codes = []
    for number, (family, kind, protocol, _, address) in enumerate(addresses):
        try:
            sock = socket.socket(family, kind, protocol)
        except OSError as error:  # a machine without IPv6 is told IPv6 addresses all the same
            codes.append(_connect_code(error))
            continue
        try:
            sock.settimeout(deadline.left() / (len(addresses) - number))
            sock.connect(address)
            # Without it each command waits for a delayed acknowledgement, about 40 ms.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
        except OSError as error:
            sock.close()
            codes.append(_connect_code(error))
        except WireError:
            sock.close()
            raise
    raise WireError(min(codes, key=["port_closed", "timeout", "network_unreachable"].index))


def _connect_code(error: OSError) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "port_closed"
    return "timeout" if isinstance(error, TimeoutError) else "network_unreachable"


def encrypt(sock: socket.socket, context: ssl.SSLContext, host: str, deadline: Deadline) -> ssl.SSLSocket:
    """``sock`` inside verified TLS for ``host``; closed where that fails. Raises WireError."""
    try:
        # OpenSSL's handshake in Python keeps this timeout for all of it, not for each packet.
        sock.settimeout(deadline.left())
        return context.wrap_socket(sock, server_hostname=host.rstrip("."))
    except ssl.SSLCertVerificationError as error:
        code = _CERTIFICATE_CODES.get(error.verify_code, "certificate_invalid")
    except TimeoutError:
        code = "timeout"
    except ssl.SSLError as error:
        code = "not_tls" if error.reason in _PLAIN_TEXT_REASONS else "tls_failed"
    except OSError:
        code = "tls_failed"
    except ValueError:
        code = "certificate_wrong_host"
    sock.close()
    raise WireError(code)
