"""SASL XOAUTH2, by which Google and Microsoft take an access token: what is sent, what a refusal means.

https://developers.google.com/workspace/gmail/imap/xoauth2-protocol
"""

import json
import re
from base64 import b64decode, b64encode

from django.views.decorators.debug import sensitive_variables

from . import answers
from .credentials import Credentials

#: By what the server says; anything else is a token it does not take.
_REFUSALS = (
    ("smtp_disabled", re.compile(r"(smtp ?client|client|smtp) ?auth\w* is disabled", re.I)),
    (
        "imap_disabled",
        re.compile(r"not enabled for imap|imap (access )?(is )?disabled|\[PRIVACYREQUIRED\]", re.I),
    ),
    ("scope_missing", re.compile(r"insufficient[ _](scope|permission)", re.I)),
)
#: The statuses of the challenge (HTTP's) that say so.
_STATUSES = {"403": "scope_missing"}


@sensitive_variables()
def response(credentials: Credentials) -> str:
    """What proves who we are, in base64."""
    return b64encode(f"user={credentials.user}\1auth=Bearer {credentials.secret}\1\1".encode()).decode()


def status(challenge: bytes | str) -> str:
    """The status in a refused token's challenge, which is JSON ({"status": "401", …}) in base64; else ""."""
    try:
        told = json.loads(b64decode(challenge))
    except (ValueError, RecursionError):
        return ""
    found = str(told.get("status", "")) if isinstance(told, dict) else ""
    return found if re.fullmatch("[1-5][0-9][0-9]", found) else ""


def later(words: str, status: str) -> tuple[str, int | None] | None:
    """(code, seconds to wait or None) where the refusal means "not now", else None."""
    if found := answers.later(words):
        return found
    busy = status == "429" or status.startswith("5") or "[SERVERBUG]" in words.upper()
    return ("try_later", None) if busy else None


def refusal(words: str, status: str) -> str:
    """The code of a refusal: what the owner of the mailbox has to do."""
    if answers.is_blocked(words):
        return "account_blocked"
    said = (code for code, pattern in _REFUSALS if pattern.search(words))
    return next(said, _STATUSES.get(status, "access_refused"))
