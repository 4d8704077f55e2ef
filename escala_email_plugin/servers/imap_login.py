"""Who we are: AUTHENTICATE PLAIN, or LOGIN where the server knows only that."""

import imaplib

from django.views.decorators.debug import sensitive_variables

from . import answers
from .credentials import Credentials
from .errors import Refused, Throttled
from .imap_client import Client, Protocol


@sensitive_variables()
def log_in(client: Client, credentials: Credentials) -> None:
    """Log in once: a second try by another method would count as a second wrong password.

    Raises Refused, Throttled, and what imaplib raises where the answer makes no sense.
    """
    if not credentials.is_sendable:
        raise Refused("bad_characters")
    protocol = client.protocol
    offered = {str(word).upper() for word in protocol.capabilities}
    if "AUTH=PLAIN" in offered:
        method = _plain
    elif "LOGINDISABLED" in offered:
        raise Refused("login_method" if _has_other_methods(offered) else "login_disabled")
    else:
        method = _login
    words = None
    try:
        method(protocol, credentials.user, credentials.secret)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        words = str(error)
    if words is not None:
        raise refused(words, client.host)


def refused(words: str, host: str) -> Refused | Throttled:
    """The error for a login answered by ``words``, which it does not hold."""
    if later := answers.later(words):
        return Throttled(later[0], retry_after=later[1])
    if "[SERVERBUG]" in words.upper():
        return Throttled("try_later")
    return Refused(answers.refusal(words, host))


def _has_other_methods(offered: set[str]) -> bool:
    return any(word.startswith("AUTH=") for word in offered)


@sensitive_variables()
def _plain(protocol: Protocol, user: str, password: str) -> None:
    """SASL PLAIN (RFC 4616): UTF-8, whatever the characters."""
    response = f"\0{user}\0{password}".encode()
    protocol.authenticate("PLAIN", lambda challenge: response)


@sensitive_variables()
def _login(protocol: Protocol, user: str, password: str) -> None:
    """LOGIN (RFC 9051 6.2.3) with the password as a literal, which may hold any byte but NUL."""
    quoted = user.replace("\\", "\\\\").replace('"', '\\"')
    protocol.literal = password.encode()
    typ, data = protocol._simple_command("LOGIN", f'"{quoted}"'.encode())
    if typ != "OK":
        raise imaplib.IMAP4.error(data[-1])
    protocol.state = "AUTH"
