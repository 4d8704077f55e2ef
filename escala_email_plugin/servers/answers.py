"""What a server's refusal means. Its words are matched here, and go no further."""

import re

from .hoster import by_server
from .hosters import HOSTERS

# Response codes are RFC 5530's; the rest are sentences of Gmail, Office 365, Yahoo, Dovecot, Exchange.
_CONNECTIONS = re.compile(
    r"too many (simultaneous |concurrent )?(imap |smtp )?(connections|sessions)|maximum number of connections"
    r"|connection limit|\[THROTTLED\].*connection",
    re.I,
)
_LATER = re.compile(
    r"\[(UNAVAILABLE|LIMIT|INUSE|THROTTLED)\]|authenticated but not connected|too many"
    r"|throttl|backoff|exceeded (the )?(command|bandwidth|rate)|rate limit|try again|try later"
    r"|temporar(y|ily)|server (is )?(busy|unavailable)|\b4[25]1[ -]|\b45[0-4][ -]",
    re.I,
)
#: "No" to this password (RFC 5530), however kindly it is said: "please try again" would be its next refusal.
_NO = re.compile(r"\[(AUTHENTICATIONFAILED|EXPIRED)\]", re.I)
_YET = re.compile(r"too many|throttl|rate limit|\blater\b|temporarily|unavailable", re.I)
_BLOCKED = re.compile(r"\[CONTACTADMIN\]|\[WEBALERT|web login required|log in via your web browser", re.I)
_LOGIN = (
    ("app_password", re.compile(r"app(lication)?[- ](specific )?password|InvalidSecondFactor", re.I)),
    ("password_expired", re.compile(r"\[EXPIRED\]|password (has )?expired", re.I)),
    (
        "login_disabled",
        re.compile(
            r"not enabled for imap|imap (access )?is disabled|imap access disabled|login is disabled"
            r"|(basic|client|smtp) ?auth\w* is (disabled|blocked)|SmtpClientAuthentication is disabled"
            r"|basic authentication|\[PRIVACYREQUIRED\]|\[AUTHORIZATIONFAILED\]",
            re.I,
        ),
    ),
    ("account_blocked", _BLOCKED),
)
_BACKOFF = re.compile(r"backoff time: (\d{1,9}) milliseconds", re.I)


def later(words: str) -> tuple[str, int | None] | None:
    """(code, seconds to wait or None) where the server says "not now", else None."""
    wait = _BACKOFF.search(words)
    seconds = -(-int(wait[1]) // 1000) if wait else None
    if _CONNECTIONS.search(words):
        return "too_many_connections", seconds
    if _NO.search(words) and not _YET.search(words):
        return None
    return ("try_later", seconds) if _LATER.search(words) else None


def refusal(words: str, host: str) -> str:
    """The code of a refused login: by what the server says, and by who it is."""
    said = next((code for code, pattern in _LOGIN if pattern.search(words)), "login_refused")
    if said in ("login_refused", "app_password"):
        known = by_server(HOSTERS, host)
        return (known.advice if known else "") or said
    return said


def is_blocked(words: str) -> bool:
    """Whether the provider has blocked the account, however it logs in."""
    return bool(_BLOCKED.search(words))
