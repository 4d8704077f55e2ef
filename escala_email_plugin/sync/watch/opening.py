"""Open one account's connection. It waits, so it needs a thread; the secret is read here and kept nowhere."""

import os
import ssl
import threading

from django.db import connection
from django.utils import timezone

from ... import conf
from ...models import EmailAccount
from ...servers.imap_takeover import Opened, open_for_idle
from ...servers.secrets import decrypt
from ...servers.server import trust
from ..mailbox import server_of


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

    def open(self, account_id: int) -> Opened | None:
        """The account's connection, None where its server has no IDLE. Blocks.

        Raises ImapError, SecretUnreadable, TooEarly, EmailAccount.DoesNotExist and the database's errors.
        """
        try:
            account = EmailAccount.objects.get(pk=account_id)
        finally:
            connection.close()
        _not_too_early(account)
        return open_for_idle(
            server_of(account),
            account.username,
            decrypt(account.secret),
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
