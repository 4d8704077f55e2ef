"""IMAPClient over our own wire: one deadline, bounded answers, no log that sees a password."""

import imaplib
import re
import ssl
from typing import Any

from imapclient import IMAPClient

from . import answers
from .errors import Throttled, WireError
from .wire import Wire, encrypt

#: imaplib's own limit for one line of an answer.
MAX_LINE = 1_000_000

#: A line of a FETCH that ends in a literal: most of what a mailbox sends.
_FETCHED = re.compile(rb"\* (\d+) FETCH (\([^\r\n]*\{(\d{1,10})\})\r\n")


class Protocol(imaplib.IMAP4):
    """imaplib's state machine, reading from and writing to a ``Wire``."""

    def __init__(self, wire: Wire, host: str, port: int) -> None:
        self.wire = wire
        self._unread = b""
        super().__init__(host, port)

    def open(self, host: str = "", port: int = imaplib.IMAP4_PORT, timeout: float | None = None) -> None:
        self.host, self.port, self.sock = host, port, self.wire.sock

    def read(self, size: int) -> bytes:
        return self.wire.read(size)

    def readline(self) -> bytes:
        if self._unread:
            line, self._unread = self._unread, b""
            return line
        line = self.wire.readline(MAX_LINE + 1)
        if len(line) > MAX_LINE:
            raise WireError("too_big_answer")
        if line.startswith(self.tagpre) and line.count(b" ") == 1:
            # "A1 OK" without a text, which imaplib takes for nonsense.
            return line.replace(b"\r\n", b" \r\n")
        return line

    def send(self, data: bytes) -> None:
        self.wire.send(data)

    def shutdown(self) -> None:
        self.wire.close()

    def _get_response(self, *args: Any, **options: Any) -> bytes | None:
        """As imaplib does it, but for what ``_take_messages`` has taken before it."""
        self._take_messages()
        return super()._get_response(*args, **options)

    def _take_messages(self) -> None:
        """Keep the messages that come next as imaplib would, in a third of its time.

        imaplib holds each line against five patterns and writes it into a log of its own.
        """
        while found := _FETCHED.fullmatch(line := self.readline()):
            number, rest, size = found.groups()
            told = self.untagged_responses.setdefault("FETCH", [])
            told.append((b"%b %b" % (number, rest), self.wire.read(int(size))))
            line = self._get_line()
            while more := self.Literal.match(line):
                told.append((line, self.wire.read(int(more["size"]))))
                line = self._get_line()
            told.append(line)
        self._unread = line

    def _log(self, line: str) -> None:
        """imaplib keeps the last lines of both sides, credentials and mail among them. Here nobody does."""

    def attempt(self, name: str, *args: str | bytes) -> tuple[str, list[Any]]:
        """A command the server may not understand: BAD is an answer, as NO is. Raises imaplib's abort."""
        try:
            return self._simple_command(name, *args)
        except self.abort:
            raise
        except self.error as error:
            return "BAD", [str(error).encode()]

    def untagged(self, typ: str) -> list[Any]:
        """The lines of one type that came since the operation began, as imaplib keeps them."""
        return self.untagged_responses.get(typ) or []

    def _command(self, name: str, *args: str | bytes | None) -> bytes:
        """As imaplib does it. Raises ValueError for an argument that would end the line and begin another."""
        for arg in args:
            raw = arg.encode(self._encoding) if isinstance(arg, str) else arg or b""
            if any(byte in raw for byte in b"\r\n\0"):
                raise ValueError("a control character in an IMAP command")
        return super()._command(name, *args)

    def _new_tag(self) -> bytes:
        self.wire.traffic.commands += 1
        return super()._new_tag()

    def starttls(self, ssl_context: ssl.SSLContext | None = None) -> tuple[str, list]:
        """STARTTLS as RFC 9051 6.2.1 wants it. Raises WireError.

        What came before the handshake was written by anybody: bytes after the answer are
        refused, and everything learnt so far is forgotten.
        """
        if "STARTTLS" not in self.capabilities:
            raise WireError("starttls_missing")
        try:
            typ, data = self._simple_command("STARTTLS")
        except self.abort:
            raise
        except self.error:
            typ = "BAD"
        if typ != "OK":
            raise WireError("starttls_missing")
        if self.wire.pending:
            raise WireError("starttls_tampered")
        sock = encrypt(self.sock, ssl_context, self.host, self.wire.deadline)
        self.wire = Wire(sock, self.wire.deadline, self.wire.allowance, self.wire.traffic)
        self.sock = sock
        self._tls_established = True
        self.untagged_responses = {}
        self._get_capabilities()
        return typ, data


class Client(IMAPClient):
    """IMAPClient that takes a connected ``Wire``. Raises WireError and imaplib's errors."""

    def __init__(self, wire: Wire, host: str, port: int, ssl: bool) -> None:
        self._wire = wire
        super().__init__(host, port, ssl=ssl)
        # IMAPClient sets 5, which hands every line, passwords too, to a logger.
        self._imap.debug = 0
        self.normalise_times = False

    def _create_IMAP4(self) -> Protocol:
        return Protocol(self._wire, self.host, self.port)

    @property
    def protocol(self) -> Protocol:
        """imaplib's side, for the commands IMAPClient does not have as we need them."""
        return self._imap


def checked(typ: str, data: list[Any]) -> list[Any]:
    """The data of an answer. Raises imaplib's error where it is not OK."""
    if typ != "OK":
        raise imaplib.IMAP4.error(str(data[-1]))
    return data


def raise_if_later(data: list[Any]) -> None:
    """Raises Throttled where a refusal means "not now": then nothing else is meant by it."""
    if later := answers.later(str(data[-1])):
        raise Throttled(later[0], retry_after=later[1])
