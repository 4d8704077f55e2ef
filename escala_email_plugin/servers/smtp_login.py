"""Who we are to an SMTP server (AUTH, RFC 4954): PLAIN, else LOGIN, in UTF-8; XOAUTH2 with a token."""

import smtplib
from base64 import b64encode

from django.views.decorators.debug import sensitive_variables

from . import answers, xoauth2
from .credentials import Credentials
from .errors import SmtpError, SmtpRefused


@sensitive_variables()
def log_in(connection: smtplib.SMTP, credentials: Credentials, host: str) -> tuple[int, bytes]:
    """Log in once, inside TLS. Returns the reply that took us in. Raises SmtpError."""
    if not credentials.is_sendable:
        raise SmtpRefused("bad_characters")
    connection.ehlo_or_helo_if_needed()
    offered = connection.esmtp_features.get("auth", "").upper().split()
    if credentials.method == "xoauth2":
        return _with_token(connection, credentials, offered)
    user, password = credentials.user, credentials.secret
    if "PLAIN" in offered:
        code, reply = connection.docmd("AUTH PLAIN", _base64(f"\0{user}\0{password}"))
    elif "LOGIN" in offered:
        code, reply = connection.docmd("AUTH LOGIN")
        for answer in (user, password):
            if code == 334:
                code, reply = connection.docmd(_base64(answer))
    else:
        raise SmtpError("login_method" if offered else "login_disabled")
    if not _is_in(code):
        raise _refused(code, reply, host)
    return code, reply


def busy(code: int, reply: bytes | str) -> SmtpError | None:
    """The error for a reply that means "not now", else None."""
    words = reply.decode("latin-1") if isinstance(reply, bytes) else str(reply)
    if later := answers.later(words):
        return SmtpError(later[0], retry_after=later[1])
    # RFC 5321 4.2.1: 4yz is for now, 5yz for good.
    return SmtpError("try_later") if 400 <= code < 500 else None


@sensitive_variables()
def _with_token(connection: smtplib.SMTP, credentials: Credentials, offered: list[str]) -> tuple[int, bytes]:
    if "XOAUTH2" not in offered:
        raise SmtpError("token_login")
    code, reply = connection.docmd("AUTH XOAUTH2", xoauth2.response(credentials))
    status = ""
    if code == 334:
        status = xoauth2.status(reply)
        code, reply = connection.docmd("")  # to a refused token's challenge the answer is an empty line
    if not _is_in(code):
        raise _token_refused(code, reply.decode("latin-1"), status)
    return code, reply


def _is_in(code: int) -> bool:
    return code in (235, 503)  # 503: already logged in (RFC 4954 4)


def _refused(code: int, reply: bytes, host: str) -> SmtpError:
    # RFC 4954 6: 535 is wrong credentials, whatever the words.
    if code != 535 and (trouble := busy(code, reply)):
        return trouble
    return SmtpRefused(answers.refusal(reply.decode("latin-1"), host))


def _token_refused(code: int, words: str, status: str) -> SmtpError:
    if later := xoauth2.later("" if code == 535 else words, status):
        return SmtpError(later[0], retry_after=later[1])
    if 400 <= code < 500:
        return SmtpError("try_later")
    return SmtpRefused(xoauth2.refusal(words, status))


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()
