"""What a token endpoint does when it is not well. Each is given the request's handler."""

import contextlib
import json
import time
from collections.abc import Callable
from typing import Any


def busy(handler: Any) -> None:
    """429 (RFC 6585 4), with the seconds to wait."""
    handler.send(429, b"{}", {"Retry-After": "120"})


def broken(handler: Any) -> None:
    """500, as text."""
    handler.send(500, b"Internal canary error", {"Content-Type": "text/plain"})


def garbage(handler: Any) -> None:
    """200, and what is no JSON."""
    handler.send(200, b"<html>canary</html>")


def empty(handler: Any) -> None:
    """200, and JSON without a token."""
    handler.send(200, json.dumps({"token_type": "Bearer", "error_description": "canary"}).encode())


def huge(handler: Any) -> None:
    """200, and megabytes of JSON."""
    body = json.dumps({"access_token": "canary", "expires_in": 3600, "more": "x" * 2**23})
    with contextlib.suppress(OSError):
        handler.send(200, body.encode())


def slow(handler: Any) -> None:
    """A good answer a byte at a time, for longer than anybody waits."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    with contextlib.suppress(OSError):
        for _ in range(1000):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)


def silent(handler: Any) -> None:
    """No answer at all."""
    handler.server.provider.silence.wait(30)
    handler.close_connection = True


def redirect(handler: Any) -> None:
    """Somewhere else, where a client must not take its tokens."""
    handler.send(307, b"", {"Location": handler.server.provider.url + "/elsewhere"})


def stranger(handler: Any) -> None:
    """The client id or its secret is wrong, or has expired."""
    handler.send(401, json.dumps({"error": "invalid_client", "error_description": "canary"}).encode())


MOODS: dict[str, Callable[[Any], None]] = {
    one.__name__: one for one in (busy, broken, garbage, empty, huge, slow, silent, redirect, stranger)
}
