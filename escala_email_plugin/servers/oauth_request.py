"""One POST to a token endpoint: all of it under a deadline, its answer bounded, no redirect followed."""

import ipaddress
import queue
import threading
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

from django.views.decorators.debug import sensitive_variables

from .errors import ProtocolTrouble, Unreachable, Untrusted
from .oauth_answer import Answer, read

#: Bytes of an answer; Microsoft's is some 4 kB.
MOST = 1 << 16


def secure_host(url: str) -> str:
    """The endpoint's host, for sentences. Raises Untrusted("provider_insecure") where secrets sent there
    would not be encrypted; a stand-in on this machine may be.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https" or _is_here(host):
        return host
    raise Untrusted("provider_insecure", host=host)


@sensitive_variables()
def post(url: str, form: dict[str, str], seconds: float) -> Answer:
    """Raises Unreachable("provider_unreachable") and ProtocolTrouble("provider_bad_answer")."""
    found: queue.SimpleQueue[Answer | None] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found.put(_asked(url, form, seconds))
        except Exception:  # it may hold the form; that nothing came is all that matters
            found.put(None)

    # requests' own timeout starts anew with each packet, so a dripping server is never late for it. A thread
    # can be left behind: it holds no database, and reads so many bytes at most.
    threading.Thread(target=ask, daemon=True, name="escala-email-token").start()
    host = urlsplit(url).hostname or ""
    try:
        answer = found.get(timeout=seconds)
    except queue.Empty:
        answer = None
    if answer is None:
        raise Unreachable("provider_unreachable", host=host)
    if 300 <= answer.status < 400:
        raise ProtocolTrouble("provider_bad_answer", host=host)
    return answer


@sensitive_variables()
def _asked(url: str, form: dict[str, str], seconds: float) -> Answer:
    from allauth.socialaccount.adapter import get_adapter

    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    options: dict[str, Any] = {"allow_redirects": False, "stream": True, "timeout": seconds}
    with get_adapter().get_requests_session() as session:
        if urlsplit(url).scheme != "https":
            session.trust_env = False  # a proxy would read what is for this machine only
        with closing(session.post(url, data=form, headers=headers, **options)) as response:
            # Not decoded: what is compressed may be a thousand times as large.
            body = response.raw.read(MOST + 1, decode_content=False)
            return read(response.status_code, response.headers, body if len(body) <= MOST else b"")


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
