"""Requests to the stand-in, by their paths."""

import json
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from . import pages, scopes, tokens
from .grants import identity
from .moods import MOODS

#: Where people may be sent back to.
_HERE = {"localhost", "127.0.0.1", "testserver", "::1"}
_NAMES = {"google": "Google", "microsoft": "Microsoft"}


class Handler(BaseHTTPRequestHandler):
    """``self.server.provider`` is the stand-in."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        """Tests look into ``paths`` instead."""

    def send(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def page(self, body: bytes, status: int = 200) -> None:
        self.send(status, body, {"Content-Type": "text/html; charset=utf-8"})

    def do_GET(self) -> None:
        provider, url = self.server.provider, urlsplit(self.path)
        provider.paths.append(url.path)
        if url.path == "/google/authorize":
            self._authorize("google", url.query)
        elif url.path.endswith("/oauth2/v2.0/authorize"):
            self._authorize("microsoft", url.query)
        elif url.path in ("/google/userinfo", "/v1.0/me"):
            self._who()
        elif url.path == "/":
            held: dict[str, int] = {}
            for one in provider.grants.all:
                held[one.address] = held.get(one.address, 0) + (not one.is_withdrawn)
            self.page(pages.overview(provider.accounts, held, provider.mood))
        else:
            self.send(404)

    def do_POST(self) -> None:
        provider, path = self.server.provider, urlsplit(self.path).path
        provider.paths.append(path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        if path == "/google/token":
            self._token("google", form)
        elif path.endswith("/oauth2/v2.0/token"):
            self._token("microsoft", form)
        elif path == "/google/revoke":
            self._revoke(form.get("token", ""))
        elif path == "/introspect":
            address = provider.opens_mailbox(form.get("token", ""))
            told = {"active": True, "email": address, "scope": "mail"} if address else {"active": False}
            self.send(200, json.dumps(told).encode())
        elif path == "/consent":
            allowed = [value for name, value in parse_qsl(body) if name == "scope"]
            self._answer(form, allowed)
        elif path == "/switch":
            self._switch(form)
        else:
            self.send(404)

    def _authorize(self, kind: str, query: str) -> None:
        provider, asked = self.server.provider, dict(parse_qsl(query))
        if asked.get("client_id") != provider.client_id:
            return self.page(pages.refused("Nadie conoce a este cliente."), 400)
        if urlsplit(asked.get("redirect_uri", "")).hostname not in _HERE:
            return self.page(pages.refused("Allí no se puede volver."), 400)
        wanted = asked.get("scope", "").split()
        if provider.chosen:
            return self._allow(kind, asked, provider.chosen, wanted)
        told = {"kind": kind, **asked}
        return self.page(
            pages.consent(
                _NAMES[kind], provider.accounts, urlencode(told), wanted, asked.get("login_hint", "")
            )
        )

    def _answer(self, form: dict[str, str], allowed: list[str]) -> None:
        asked = dict(parse_qsl(form.get("query", "")))
        if form.get("answer") != "allow":
            return self._back(asked, error="access_denied")
        return self._allow(asked["kind"], asked, form.get("account", ""), allowed)

    def _allow(self, kind: str, asked: dict[str, str], address: str, allowed: list[str]) -> None:
        grant = self.server.provider.consent(kind, address, allowed)
        if kind == "google":
            offline = asked.get("access_type") == "offline" and "consent" in asked.get("prompt", "").split()
        else:
            offline = "offline_access" in asked.get("scope", "").split()
        code = self.server.provider.grants.allow(
            grant, asked.get("code_challenge", ""), offline, asked["redirect_uri"]
        )
        self._back(asked, code=code)

    def _back(self, asked: dict[str, str], **told: str) -> None:
        if "state" in asked:
            told["state"] = asked["state"]
        self.send(302, b"", {"Location": f"{asked['redirect_uri']}?{urlencode(told)}"})

    def _token(self, kind: str, form: dict[str, str]) -> None:
        provider = self.server.provider
        provider.token_requests.append(form)
        provider.pass_gate()
        if provider.mood:
            return MOODS[provider.mood](self)
        status, told = tokens.answer(provider, kind, form)
        return self.send(status, json.dumps(told).encode())

    def _revoke(self, token: str) -> None:
        """RFC 7009, as Google does it: the whole consent goes with one of its tokens."""
        provider = self.server.provider
        if provider.mood:
            return MOODS[provider.mood](self)
        grant = provider.grants.of(token)
        if grant is None:
            return self.send(400, b'{"error": "invalid_token"}')
        provider.grants.withdraw(grant.address)
        return self.send(200, b"{}")

    def _who(self) -> None:
        access = self.headers.get("Authorization", "").removeprefix("Bearer ")
        address, allowed = self.server.provider.grants.opened(access) or ("", [])
        if not any(scopes.resource(one) == scopes.PROFILE for one in allowed):
            return self.send(401, b'{"error": {"message": "no such token"}}')
        google = {"email": address, "verified_email": True, "name": address}
        microsoft = {"mail": address, "userPrincipalName": address, "displayName": address}
        return self.send(200, json.dumps({"id": identity(address), **google, **microsoft}).encode())

    def _switch(self, form: dict[str, str]) -> None:
        provider = self.server.provider
        if "withdraw" in form:
            provider.grants.withdraw(form["withdraw"])
        elif form.get("mood", "") in ("", *MOODS):
            provider.mood = form.get("mood", "")
        self.send(303, b"", {"Location": "/"})
