"""Who we are: AUTHENTICATE PLAIN, or LOGIN where the server knows only that; XOAUTH2 with a token."""

import imaplib

from django.views.decorators.debug import sensitive_variables

from . import answers, xoauth2
from .credentials import Credentials
from .errors import LoginNotOffered, ProtocolTrouble, Refused, Throttled
from .imap_client import Client, Protocol


@sensitive_variables()
def log_in(client: Client, credentials: Credentials) -> None:
    """Log in once: a second try by another method would count as a second wrong password.

    Raises Refused, LoginNotOffered, Throttled, and what imaplib raises where the answer makes no sense.
    """
    if not credentials.is_sendable:
        raise Refused("bad_characters")
    protocol = client.protocol
    offered = {str(word).upper() for word in protocol.capabilities}
    if credentials.method == "xoauth2":
        _with_token(protocol, credentials, offered)
        return
    if "AUTH=PLAIN" in offered:
        method = _plain
    elif "LOGINDISABLED" in offered:
        raise LoginNotOffered("login_method" if _has_other_methods(offered) else "login_disabled")
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


@sensitive_variables()
def _with_token(protocol: Protocol, credentials: Credentials, offered: set[str]) -> None:
    """SASL XOAUTH2. Raises Refused, LoginNotOffered, Throttled and ProtocolTrouble."""
    if "AUTH=XOAUTH2" not in offered:
        raise LoginNotOffered("token_login")
    conversation = _Conversation(xoauth2.response(credentials))
    # What is said with the command saves a round trip (SASL-IR, RFC 4959).
    initial = [conversation.next()] if "SASL-IR" in offered else []
    protocol.literal = conversation.answer
    typ, data = protocol.attempt("AUTHENTICATE", "XOAUTH2", *initial)
    if typ == "OK":
        protocol.state = "AUTH"
        return
    words, status = str(data[-1]), xoauth2.status(conversation.challenge)
    if later := xoauth2.later(words, status):
        raise Throttled(later[0], retry_after=later[1])
    if typ == "BAD" and not conversation.challenge:
        # The command was not understood (RFC 9051 7.1.3), so nobody looked at the token.
        raise ProtocolTrouble("bad_answer")
    raise Refused(xoauth2.refusal(words, status))


class _Conversation:
    """Our side of XOAUTH2: the token once, and an empty line to the challenge that refuses it."""

    def __init__(self, response: str) -> None:
        self._response: str | None = response
        self.challenge = b""

    def next(self) -> bytes:
        """What has not been said yet; it is said once."""
        response, self._response = self._response, None
        return (response or "").encode()

    # A bound method: by that imaplib tells a conversation from a literal.
    def answer(self, challenge: bytes) -> bytes:
        if self._response is None:
            self.challenge = challenge
        return self.next()


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
