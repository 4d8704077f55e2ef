"""Connecting to an IMAP server, and the frame in which every command runs."""

import os
import selectors
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Self

from django.views.decorators.debug import sensitive_variables

from .credentials import Credentials
from .errors import FolderGone, ImapError, ProtocolTrouble, Untrusted, WireError
from .imap_client import Client, checked
from .imap_login import log_in
from .imap_trouble import translated
from .server import Server, trust
from .traffic import Traffic
from .wire import Deadline, Wire, connect, encrypt, resolve

#: Bytes a server may send in answer to anything but a FETCH.
SMALL_ANSWER = 16 * 2**20
#: Seconds spent on saying good-bye.
FAREWELL = 2.0


class ImapConnection:
    """A connection as a context manager; ``ImapSession`` adds the commands.

    ``trusted``: what ``server.trust()`` gave, for who opens many connections: it is megabytes large.
    """

    #: Whether the server tells what vanished (RFC 7162); None until the first folder is opened.
    _qresync: bool | None = None

    def __init__(
        self,
        server: Server,
        credentials: Credentials,
        *,
        deadline: float = 30.0,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        self.server = server
        #: What the connection has cost so far.
        self.traffic = Traffic()
        self._trusted = trusted
        self._credentials: Credentials | None = credentials
        self._deadline = Deadline(deadline)
        self._wire: Wire | None = None
        self._client: Client | None = None
        self._names: dict[str, bytes] = {}
        self._holder: tuple[int, int] | None = None

    def __enter__(self) -> Self:
        for _stage in self.stages():
            pass
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._client is not None:
            self._deadline.restart(FAREWELL)
            with suppress(Exception):  # whatever goes wrong now no longer matters
                self._client.logout()
        self.close()

    def stages(self) -> Iterator[str]:
        """Connect step by step: yields "dns", "tcp", "tls" and "login" as each is done.

        ``with`` does this by itself; "test connection" shows each step. Close afterwards.
        """
        server, deadline = self.server, self._deadline
        stage = "dns"
        deadline.restart()
        try:
            addresses = resolve(server.host, server.port, deadline)
            yield stage
            stage = "tcp"
            sock = connect(addresses, deadline)
            self._wire = Wire(sock, deadline, SMALL_ANSWER, self.traffic)
            yield stage
            stage = "tls"
            self._greet()
            yield stage
            stage = "login"
            self._log_in()
            yield stage
        except Exception as error:
            self.close()
            trouble = translated(error, server, deadline, stage=stage)
        else:
            return
        raise trouble from None

    def close(self) -> None:
        """Close the connection without a word; never raises."""
        self._credentials = self._client = None
        if self._wire is not None:
            self._wire.close()

    def lend(self, deadline: float) -> None:
        """From now on only this thread of this process may use it; what it costs is counted anew."""
        self._holder = _here()
        self._deadline.seconds = deadline
        self.traffic = Traffic()
        if self._wire is not None:
            self._wire.traffic = self.traffic

    def take_back(self) -> None:
        """From now on nobody may use it."""
        self._holder = (0, 0)

    @property
    def is_quiet(self) -> bool:
        """Whether the server has said nothing since its last answer, not even good-bye."""
        sock = self._wire.sock
        with selectors.DefaultSelector() as selector:
            selector.register(sock, selectors.EVENT_READ)
            return not (self._wire.pending or sock.pending() or selector.select(0))

    def answers(self, seconds: float) -> bool:
        """Whether the server still answers, within ``seconds``; closes the connection where not."""
        try:
            with self._operation() as client:
                self._deadline.restart(seconds)
                checked(*client.protocol.noop())
        except ImapError:
            return False
        return True

    def is_good(self) -> bool:
        """Whether it can serve again: nothing went wrong, and no folder is left open.

        Some servers go on telling the numbers of an open folder as they were when it was opened.
        """
        try:
            with self._operation() as client:
                if client.protocol.state == "SELECTED":
                    return self._can("UNSELECT") and client.protocol.unselect()[0] == "OK"
        except ImapError:
            return False
        return True

    def hand_over(self) -> tuple[ssl.SSLSocket, bytes]:
        """The bare socket, and the bytes that came and nobody read. It is the caller's to close now."""
        sock, rest = self._wire.sock, self._wire.rest()
        self._wire = self._client = None
        return sock, rest

    def _greet(self) -> None:
        """Greeting and TLS, in the order the server's mode asks for."""
        server, context = self.server, self._trusted or trust()
        if server.tls == "tls":
            sock = encrypt(self._wire.sock, context, server.host, self._deadline)
            self._wire = Wire(sock, self._deadline, SMALL_ANSWER, self.traffic)
        try:
            client = Client(self._wire, server.host, server.port, ssl=server.tls == "tls")
        except WireError as error:
            silent = error.code == "timeout" and server.tls == "starttls"
            raise WireError("no_greeting" if silent else error.code) from None
        if client.protocol.state != "NONAUTH":
            raise Untrusted("preauth")
        if server.tls == "starttls":
            client.protocol.starttls(context)
            self._wire = client.protocol.wire
        self._client = client

    @sensitive_variables()
    def _log_in(self) -> None:
        credentials, self._credentials = self._credentials, None
        log_in(self._client, credentials)
        self._client.capabilities()  # kept by IMAPClient, mostly from the answer to the login

    @contextmanager
    def _operation(self, allowance: int = SMALL_ANSWER, fetching: bool = False) -> Iterator[Client]:
        """One command: its time, its bytes, and one kind of error out of all that may go wrong."""
        if self._holder not in (None, _here()):
            # It is somebody else's now, who must not notice.
            raise translated(ProtocolTrouble("session_closed"), self.server, self._deadline)
        if self._client is None:
            raise self._trouble("session_closed")
        self._deadline.restart()
        self._wire.allowance = allowance
        # imaplib keeps what came unasked; it must not mix with this answer, nor pile up.
        self._client.protocol.untagged_responses.clear()
        try:
            yield self._client
        except FolderGone as error:
            trouble = translated(error, self.server, self._deadline)
        except Exception as error:
            self.close()
            trouble = translated(error, self.server, self._deadline, stage="fetch" if fetching else "")
        else:
            return
        raise trouble from None

    def _can(self, capability: str) -> bool:
        """Whether the server offers it; asks nobody."""
        return self._client is not None and self._client.has_capability(capability)

    def _trouble(self, code: str) -> ImapError:
        self.close()
        return translated(ProtocolTrouble(code), self.server, self._deadline)


def _here() -> tuple[int, int]:
    return os.getpid(), threading.get_ident()
