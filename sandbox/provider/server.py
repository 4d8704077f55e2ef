"""The stand-in's server: one for both providers, in threads, on loopback."""

import threading
from collections.abc import Iterable
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from . import scopes
from .grants import Grant, Grants
from .handler import Handler

HOST = "127.0.0.1"


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    provider: "Provider"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has gone is no news."""


class Provider:
    """Both providers, as a context manager. What is switched holds from the next request on.

    ``accounts``: the addresses people may choose from.
    """

    def __init__(self, accounts: list[str], port: int = 0, file: Path | None = None) -> None:
        self.grants = Grants(file)
        self.client_id, self.client_secret = "crm-client", "crm-client-secret"
        self._gate, self.silence = threading.Event(), threading.Event()
        self.reset(accounts)
        self._server = Server((HOST, port), Handler)
        self._server.provider = self
        self.port = self._server.server_port
        self.url = f"http://{HOST}:{self.port}"

    def reset(self, accounts: Iterable[str] = ()) -> None:
        """Well, and asked for nothing yet; what was allowed stays."""
        self._gate.set()
        self.silence.set()
        self.silence = threading.Event()
        self.accounts = list(accounts)
        self.grants.lifetime = 3600
        #: The account that allows everything at once, without a page; "" for the page.
        self.chosen = ""
        #: Scopes that nobody allows, whatever is ticked.
        self.left_out: set[str] = set()
        #: How the token endpoint is: one of ``moods``, or "" for well.
        self.mood = ""
        #: "" · "kind": each renewal gives another refresh token · "strict": and the old one ends.
        self.rotates = ""
        #: Seconds until the consent ends by itself, told with each token; None where it does not.
        self.grant_seconds: int | None = None
        #: What the id_token says instead of the truth.
        self.claims: dict[str, Any] = {}
        #: The forms that came to the token endpoint, and the ways everything else was asked for.
        self.token_requests: list[dict[str, str]] = []
        self.paths: list[str] = []
        #: Released once for each token request that waits at a closed gate.
        self.waiting = threading.Semaphore(0)

    def __enter__(self) -> "Provider":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *exc: Any) -> None:
        self.silence.set()
        self._gate.set()
        self._server.shutdown()
        self._server.server_close()

    def serve(self) -> None:
        """In this thread, until somebody interrupts."""
        self._server.serve_forever()

    @contextmanager
    def closed(self):
        """While it lasts, token requests wait; they are answered when it ends."""
        self._gate.clear()
        try:
            yield
        finally:
            self._gate.set()

    def pass_gate(self) -> None:
        if not self._gate.is_set():
            self.waiting.release()
            self._gate.wait(60)

    def consent(self, kind: str, address: str, asked: list[str]) -> Grant:
        """A grant as ``address`` gives it, of what is asked for and not left out."""
        return Grant(kind, address, [one for one in asked if one not in self.left_out])

    def refresh_token(self, kind: str, address: str, asked: list[str]) -> str:
        """A refresh token as a consent would have given it, without one."""
        grant = self.consent(kind, address, asked)
        self.grants.all.append(grant)
        return self.grants.another(grant)

    def opens_mailbox(self, access: str) -> str:
        """The address whose mailbox the token opens; "" where it opens none."""
        address, allowed = self.grants.opened(access) or ("", [])
        return address if any(scopes.resource(one) == scopes.MAIL for one in allowed) else ""


def settings_for(url: str, client_id: str = "crm-client", secret: str = "crm-client-secret") -> dict:
    """``SOCIALACCOUNT_PROVIDERS`` for a stand-in at ``url``. allauth reads it when it is imported."""
    app = {"client_id": client_id, "secret": secret}
    return {
        "google": {
            "APP": app,
            "SCOPE": ["profile", "email"],
            "OAUTH_PKCE_ENABLED": True,
            "AUTHORIZE_URL": f"{url}/google/authorize",
            "ACCESS_TOKEN_URL": f"{url}/google/token",
            "IDENTITY_URL": f"{url}/google/userinfo",
        },
        "microsoft": {
            "APP": {**app, "settings": {"tenant": "common", "login_url": url, "graph_url": url}},
            "OAUTH_PKCE_ENABLED": True,
        },
    }
