"""An open mailbox that can be opened again, and knows an answer that is missing from one that is no."""

import math
import time
from collections.abc import Callable, Collection
from contextlib import ExitStack, suppress
from typing import Any

from .. import conf
from ..mail.transfer import Raw
from ..models import EmailAccount, Folder
from ..servers import pool
from ..servers.imap import FolderGone, FolderState, ImapSession, ProtocolTrouble, Server, Traffic
from . import token
from .budget import Budget
from .credentials import credentials_of
from .large import Download
from .meter import Meter

#: So many times a connection is opened in one sync; providers lock out who logs in too often.
PATIENCE = 20


class FolderChanged(FolderGone):
    """The folder is not what it was when the sync began (another UIDVALIDITY)."""


def server_of(account: EmailAccount) -> Server:
    """Where the account's IMAP server is."""
    return Server(account.imap_host, account.imap_port, account.imap_tls)


def smtp_server_of(account: EmailAccount) -> Server:
    """Where the account sends by."""
    return Server(account.smtp_host, account.smtp_port, account.smtp_tls)


class Mailbox:
    """The connection of one piece of work. Context manager; at most one connection at a time.

    ``heartbeat`` is called before each operation: one may take half a minute, and many in a row
    must not outlive the lease. What it costs is counted, and paid from the account's budget.
    """

    def __init__(self, account: EmailAccount, heartbeat: Callable[[], None], meter: Meter | None = None):
        self._account = account
        self._heartbeat = heartbeat
        self.meter = meter or Meter()
        self._budget = Budget(account)
        self._patience = PATIENCE
        self._kept_at = -math.inf
        self._folder: Folder | None = None
        self._session: ImapSession | None = None
        self._traffic = Traffic()
        self._open_session = ExitStack()

    def __enter__(self) -> "Mailbox":
        self._open()
        return self

    def __exit__(self, *exc: Any) -> None:
        try:
            self._close(*exc)
        finally:
            self._budget.save()

    @property
    def session(self) -> ImapSession:
        """The open session, for one more operation. Raises LeaseLost, OverBudget, and Refused where the
        consent that opened it is over.
        """
        self._heartbeat()
        self._keep_alive()
        self._pay()
        return self._session

    def examine(self, folder: Folder) -> FolderState:
        """Open ``folder`` read-only. Raises FolderGone."""
        self._folder = None
        state = self.session.examine(folder.name)
        self._folder = folder
        return state

    def find(self, low: int, high: int) -> list[int]:
        """The UIDs of the open folder from ``low`` to ``high``."""
        return self.session.uids(low, high)

    def ask(
        self, question: Callable[[ImapSession, list[int]], dict[int, Any]], uids: list[int]
    ) -> dict[int, Any]:
        """The answers by UID; one that is absent is of a message that is gone.

        Raises ProtocolTrouble where a message is still there and the server said nothing of it: to
        take silence for absence would lose mail.
        """
        if not uids:
            return {}
        answers = question(self.session, uids)
        absent = [uid for uid in uids if uid not in answers]
        if absent and self.session.present(absent):
            raise ProtocolTrouble("bad_answer", host=self._account.imap_host)
        return answers

    def vanished(self, uids: Collection[int], modseq: int | None) -> set[int]:
        """Those of ``uids`` that have left the open folder since HIGHESTMODSEQ was ``modseq``."""
        told = self.session.vanished(uids, modseq) if modseq else None
        return set(uids) - self.session.present(uids) if told is None else told

    def large(self, uid: int, size: int) -> Raw:
        """A large message, fetched in parts, each an operation of its own.

        Raises TooLarge past MAX_MESSAGE_BYTES, and OSError where the host has no room.
        """
        with Download(self._heartbeat) as download:
            self.session.body_into(uid, size, download)
            return download.mapped()

    def again(self, error: ProtocolTrouble) -> None:
        """Go on with a fresh session after nonsense. Raises ``error`` when patience has ended."""
        self._patience -= 1
        if self._patience < 0:
            raise error
        folder = self._folder
        self._close(type(error), error, None)
        self._heartbeat()
        self._open()
        if folder is not None and self.examine(folder).uidvalidity != folder.uidvalidity:
            raise FolderChanged("folder_gone", host=self._account.imap_host)

    def afresh(self, error: ProtocolTrouble) -> None:
        """As ``again``, for who goes on to another folder: what became of this one does not matter."""
        with suppress(FolderGone):
            self.again(error)

    def _keep_alive(self) -> None:
        # Not before each command, whatever becomes of it: a token may live for minutes only.
        now = time.monotonic()
        if now - self._kept_at >= token.PEACE:
            self._kept_at = now
            token.keep_alive(self._account, self._heartbeat)

    def _open(self) -> None:
        with self.meter.stage("connect"):
            self._session = token.opened(self._account, self._heartbeat, self._connected)
        self._traffic = Traffic()

    def _connected(self) -> ImapSession:
        account, deadline = self._account, conf.get("OPERATION_DEADLINE")
        loan = pool.session(server_of(account), credentials_of(account), deadline=deadline)
        return self._open_session.enter_context(loan)

    def _close(self, *exc: Any) -> None:
        if self._session is not None:
            self._count()
            self._session = None
            self._open_session.__exit__(*exc or (None, None, None))
            self._open_session = ExitStack()

    def _pay(self) -> None:
        self._budget.spent(self._count())

    def _count(self) -> Traffic:
        """The connection's traffic since the last call."""
        before, self._traffic = self._traffic, self._session.traffic.copy()
        traffic = self._traffic - before
        self.meter.traffic(
            commands=traffic.commands,
            bytes_in=traffic.bytes_in,
            bytes_out=traffic.bytes_out,
            seconds=traffic.seconds,
        )
        return traffic
