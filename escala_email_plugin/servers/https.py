"""One small document by HTTPS from a stranger.

The address that was judged is the one connected to, at port 443 only, at every redirect anew; the certificate
is verified; time and bytes are bounded for the whole of it.
"""

import http.client
import io
from urllib.parse import urljoin, urlsplit

from .errors import WireError
from .host_name import BadHost, server_name
from .server import trust
from .wire import Deadline, Wire, connect, encrypt, look_up

PORT = 443
#: Bytes of an answer, with its headers.
LONGEST = 1 << 18
#: How often one is sent on to another place.
REDIRECTS = 3
_REQUEST = (
    "GET {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: escala_email_plugin\r\n"
    "Accept: text/xml, application/xml\r\nConnection: close\r\n\r\n"
)
_SENT_ON = {301, 302, 303, 307, 308}


def fetch(url: str, deadline: Deadline) -> bytes | None:
    """The document at ``url``, or None where there is none. Raises WireError."""
    for _ in range(REDIRECTS + 1):
        host, target = _parts(url)
        status, location, body = _ask(host, target, deadline)
        if status == 200:
            return body
        if status not in _SENT_ON or not location:
            return None
        url = _joined(url, location)
    return None


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise WireError("bad_answer") from None


def _parts(url: str) -> tuple[str, str]:
    """Host and target of an HTTPS URL. Raises WireError for any other, for ports and for user names."""
    try:
        parts = urlsplit(url)
        if parts.scheme != "https" or parts.username is not None or parts.port not in (None, 443):
            raise WireError("port_not_for_mail")
        host = server_name(parts.hostname or "")
    except (BadHost, ValueError):
        raise WireError("host_not_found") from None
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not target.isascii() or not target.isprintable() or " " in target:
        raise WireError("bad_answer")
    return host, target


def _ask(host: str, target: str, deadline: Deadline) -> tuple[int, str | None, bytes]:
    sock = encrypt(connect(look_up(host, PORT, deadline), deadline), trust(), host, deadline)
    wire = Wire(sock, deadline, LONGEST)
    try:
        wire.send(_REQUEST.format(host=host, target=target).encode("ascii"))
        response = http.client.HTTPResponse(_Socket(wire), method="GET")
        response.begin()
        return response.status, response.getheader("Location"), _body(response)
    except (http.client.HTTPException, OSError, ValueError):
        raise WireError("bad_answer") from None
    finally:
        wire.close()


def _body(response: http.client.HTTPResponse) -> bytes:
    """The document; none of a failure's. Raises WireError where it ends too soon."""
    if response.status != 200:
        return b""
    # Room for all that is asked for is made before any of it has come: not as much as was announced.
    body = response.read(LONGEST)
    if response.length:
        raise WireError("bad_answer")
    return body


class _Socket:
    """What ``http.client`` takes for a socket."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def makefile(self, mode: str) -> io.BufferedReader:
        """A file over the wire, under its deadline and its allowance."""
        return io.BufferedReader(_Raw(self._wire))


class _Raw(io.RawIOBase):
    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        data = self._wire.some(len(buffer))
        buffer[: len(data)] = data
        return len(data)
