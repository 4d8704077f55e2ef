"""Access tokens, which the stand-in for Google and Microsoft knows (introspection, RFC 7662)."""

import asyncio
import json
import re
import urllib.request
from urllib.parse import urlencode

#: What a client sends by XOAUTH2.
_SENT = re.compile(rb"user=(.*?)\x01auth=Bearer (.*?)\x01\x01", re.S)
#: Asks the machine itself, whatever proxy it is set up for.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Tokens:
    """Who may come in with an access token. ``port``: the stand-in's, 0 where there is none."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/introspect" if port else ""

    async def open(self, user: str, token: str) -> bool:
        """Whether the token opens the mailbox of ``user``."""
        if not self._url:
            return False
        return await asyncio.to_thread(self._asked, token) == user.lower()

    def _asked(self, token: str) -> str:
        try:
            with _direct.open(self._url, urlencode({"token": token}).encode(), timeout=5) as answer:
                told = json.load(answer)
        except (OSError, ValueError):
            return ""
        return told.get("email", "").lower() if told.get("active") else ""


def read(response: bytes) -> tuple[str, str]:
    """User and token of what a client sent; nobody's where it makes no sense."""
    found = _SENT.fullmatch(response)
    user, token = found.groups() if found else (b"", b"")
    return user.decode(errors="replace"), token.decode(errors="replace")
