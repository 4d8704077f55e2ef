"""Sending by Django's SMTP backend, encrypted and verified, each reply under a deadline."""

import smtplib
import ssl
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.mail.backends.smtp import EmailBackend
from django.utils.functional import cached_property
from django.views.decorators.debug import sensitive_variables

from .credentials import Credentials, Method
from .errors import SmtpError, WireError
from .server import Server, trust
from .smtp_login import busy, log_in
from .wire import Deadline, Wire, connect, encrypt, resolve

#: Bytes a server may send in one reply.
REPLY = 1 << 20
#: Seconds spent on saying good-bye.
FAREWELL = 2.0


class Connection(smtplib.SMTP):
    """smtplib over our own wire: names, TLS and replies under one deadline until logged in, then
    one for each reply. Raises WireError where the connection is the trouble.
    """

    opening = True
    greeted = False

    def __init__(
        self,
        *args: Any,
        timeout: float,
        context: ssl.SSLContext | None = None,
        method: Method = "password",
        **kwargs: Any,
    ):
        self.method = method
        self.deadline = Deadline(timeout)
        self.context = context
        super().__init__(*args, timeout=timeout, **kwargs)

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        sock = connect(resolve(host, port, self.deadline), self.deadline)
        return encrypt(sock, self.context, host, self.deadline) if self.context else sock

    def getreply(self) -> tuple[int, bytes]:
        if not self.opening:
            self.deadline.restart()
        if self.file is None:
            self.file = Wire(self.sock, self.deadline, REPLY)
        self.file.allowance = REPLY
        try:
            reply = super().getreply()
        except WireError as error:
            self.close()
            silent = error.code == "timeout" and not self.greeted and self.context is None
            code = "no_greeting" if silent else error.code
        else:
            self.greeted = True
            if self.sock is not None:
                # The wire has cut it to what was left; a message being sent may take its time.
                self.sock.settimeout(self.timeout)
            return reply
        raise WireError(code)

    def starttls(self, *args: Any, context: ssl.SSLContext, **kwargs: Any) -> tuple[int, bytes]:
        """STARTTLS (RFC 3207): bytes after the answer are refused, everything learnt is forgotten."""
        self.ehlo_or_helo_if_needed()
        if not self.has_extn("starttls"):
            raise WireError("starttls_missing")
        code, reply = self.docmd("STARTTLS")
        if code != 220:
            raise WireError("starttls_missing")
        if self.file.pending:
            raise WireError("starttls_tampered")
        self.sock = encrypt(self.sock, context, self._host, self.deadline)
        self.file = self.helo_resp = self.ehlo_resp = None
        self.esmtp_features = {}
        self.does_esmtp = False
        return code, reply

    @sensitive_variables()
    def login(self, user: str, password: str, **kwargs: Any) -> tuple[int, bytes]:
        """Once. smtplib's own knows ASCII only, and tries three times where the password is wrong.
        Raises SmtpError and WireError.
        """
        if not isinstance(self.sock, ssl.SSLSocket):
            raise WireError("starttls_missing")
        return log_in(self, Credentials(user, password, self.method), self._host)


class TlsConnection(Connection):
    """TLS from the first byte (RFC 8314 3.3)."""

    default_port = smtplib.SMTP_SSL_PORT


class Backend(EmailBackend):
    """Django's SMTP backend for one account. ``open`` raises SmtpError and nothing else;
    sending raises SmtpError, or smtplib's errors where the server refuses a message or a recipient.
    """

    @sensitive_variables()
    def __init__(self, server: Server, credentials: Credentials, timeout: float) -> None:
        self.server = server
        self._method = credentials.method
        super().__init__(
            host=server.host,
            port=server.port,
            username=credentials.user,
            password=credentials.secret,
            use_ssl=server.tls == "tls",
            use_tls=server.tls == "starttls",
            timeout=timeout,
        )

    @property
    def connection_class(self) -> Callable[..., Connection]:
        return partial(TlsConnection if self.use_ssl else Connection, method=self._method)

    @cached_property
    def ssl_context(self) -> ssl.SSLContext:
        return trust()

    @sensitive_variables()
    def open(self) -> bool | None:
        try:
            opened = super().open()
        except (SmtpError, WireError, smtplib.SMTPException, OSError, ValueError) as error:
            self.close()
            trouble = self._translated(error)
        else:
            self.connection.opening = False
            return opened
        raise trouble from None

    def ask_for(self, sender: str) -> None:
        """Ask whether ``sender`` may send, and take it back. Raises SmtpError("sender_refused")."""
        try:
            code, _reply = self.connection.mail(sender)
            if code == 250:
                self.connection.rset()
                return
            trouble: Exception = SmtpError("sender_refused")
        except (WireError, smtplib.SMTPException, ValueError) as error:
            trouble = error
        raise self._translated(trouble) from None

    def send_messages(self, email_messages: Any) -> int:
        try:
            return super().send_messages(email_messages)
        except WireError as error:
            trouble = self._translated(error)
        raise trouble from None

    def _close_connection(self, connection: Connection) -> None:
        # A good-bye that fails must not make a sent message look unsent.
        connection.opening = True
        connection.deadline.restart(FAREWELL)
        try:
            connection.quit()
        except (WireError, OSError):  # smtplib's errors are OSErrors
            connection.close()

    def _translated(self, error: Exception) -> SmtpError:
        if isinstance(error, SmtpError):
            trouble = error
        elif isinstance(error, WireError):
            trouble = SmtpError(error.code)
        elif isinstance(error, smtplib.SMTPServerDisconnected):
            trouble = SmtpError("connection_lost")
        elif isinstance(error, smtplib.SMTPResponseException) and error.smtp_code > 0:
            trouble = busy(error.smtp_code, error.smtp_error) or SmtpError("smtp_refused")
        else:
            trouble = SmtpError("not_smtp")
        server = self.server
        places = {"host": server.host, "port": server.port, "seconds": round(self.timeout)}
        trouble.values = {**places, **trouble.values}
        return trouble


def smtp_connection(server: Server, credentials: Credentials, timeout: float = 30.0) -> Backend:
    """A mail backend for ``EmailMessage(connection=…)``, not opened yet. ``timeout``: seconds for
    connecting and logging in, and then for each reply.
    """
    return Backend(server, credentials, timeout)


def check(server: Server, credentials: Credentials, timeout: float = 30.0, sender: str = "") -> None:
    """Log in and quit; with ``sender``, ask whether that address may send. Raises SmtpError."""
    backend = smtp_connection(server, credentials, timeout)
    backend.open()
    try:
        if sender:
            backend.ask_for(sender)
    finally:
        backend.close()
