"""Open accounts' connections. That waits for servers, so each is opened in a thread of its own."""

import os
import ssl
import threading
from collections.abc import Callable

from django.utils import timezone

from ... import conf
from ...models import EmailAccount
from ...servers.imap_takeover import Opened, open_for_idle
from ...servers.server import trust
from ..credentials import TokenStale, credentials_of
from ..mailbox import server_of

#: A connection; None where the server has no IDLE; or what went wrong.
Outcome = Opened | Exception | None

#: Seconds until an access token that has ended may have been renewed.
RENEWAL = 20.0


class TooEarly(Exception):
    """The account waits for its provider, for ``retry_after`` seconds yet."""

    def __init__(self, retry_after: float) -> None:
        super().__init__()
        self.retry_after = retry_after


class Opening:
    """Opens connections that all share one TLS context: one for each would be megabytes for each."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._trusted: tuple[object, ssl.SSLContext] | None = None
        self._closed = False

    def begin(self, account: EmailAccount | None, done: Callable[[Outcome], None]) -> None:
        """Return at once; ``done`` is called in a thread. ``account``: None where its row is gone."""
        thread = threading.Thread(
            target=self._open, args=[account, done], name="escala-email-watch-open", daemon=True
        )
        try:
            thread.start()
        except RuntimeError as error:  # the system has no thread to give
            done(error)

    def close(self) -> None:
        """Nobody takes connections any more."""
        self._closed = True

    def _open(self, account: EmailAccount | None, done: Callable[[Outcome], None]) -> None:
        try:
            outcome = self._opened(account)
        except Exception as error:
            outcome = error.with_traceback(None)  # which would keep the frames, and the secret in them
        if self._closed and isinstance(outcome, Opened):
            outcome.sock.close()
        else:
            done(outcome)

    def _opened(self, account: EmailAccount | None) -> Opened | None:
        """Blocks. Raises ImapError, SecretUnreadable, TooEarly and DoesNotExist."""
        if account is None:
            raise EmailAccount.DoesNotExist
        _not_too_early(account)
        try:
            credentials = credentials_of(account)
        except TokenStale:  # it is renewed within a minute
            raise TooEarly(RENEWAL) from None
        return open_for_idle(
            server_of(account),
            credentials,
            deadline=conf.get("OPERATION_DEADLINE"),
            trusted=self._context(),
        )

    def _context(self) -> ssl.SSLContext:
        """The shared context; another one once CA_FILE changed."""
        path = conf.get("CA_FILE")
        version = (path, os.stat(path).st_mtime_ns) if path and os.path.exists(path) else path
        with self._lock:
            if self._trusted is None or self._trusted[0] != version:
                self._trusted = version, trust()
            return self._trusted[1]


def _not_too_early(account: EmailAccount) -> None:
    """Who waits for a provider does so here as well: it may have asked to be left alone."""
    if account.state == EmailAccount.State.WAITING and account.next_try:
        seconds = (account.next_try - timezone.now()).total_seconds()
        if seconds > 0:
            raise TooEarly(seconds)
