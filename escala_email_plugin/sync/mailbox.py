"""An open mailbox that can be opened again, and knows an answer that is missing from one that is no."""

from collections.abc import Callable
from typing import Any

from .. import conf
from ..models import EmailAccount, Folder
from ..servers.imap import FolderGone, FolderState, ImapSession, ProtocolTrouble, Server
from ..servers.secrets import decrypt

#: So many times a connection is opened in one sync; providers lock out who logs in too often.
PATIENCE = 20


class FolderChanged(FolderGone):
    """The folder is not what it was when the sync began (another UIDVALIDITY)."""


def server_of(account: EmailAccount) -> Server:
    """Where the account's IMAP server is."""
    return Server(account.imap_host, account.imap_port, account.imap_tls)


class Mailbox:
    """The connection of one sync. Context manager; at most one connection at a time.

    ``heartbeat`` is called before each operation: one may take half a minute, and many in a row
    must not outlive the lease.
    """

    def __init__(self, account: EmailAccount, heartbeat: Callable[[], None]):
        self._account = account
        self._heartbeat = heartbeat
        self._patience = PATIENCE
        self._folder: Folder | None = None
        self._session: ImapSession | None = None

    def __enter__(self) -> "Mailbox":
        self._open()
        return self

    def __exit__(self, *exc: Any) -> None:
        self._close()

    @property
    def session(self) -> ImapSession:
        """The open session, for one more operation. Raises LeaseLost."""
        self._heartbeat()
        return self._session

    def examine(self, folder: Folder) -> FolderState:
        """Open ``folder`` read-only. Raises FolderGone."""
        self._folder = None
        state = self.session.examine(folder.name)
        self._folder = folder
        return state

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
        absent = {uid for uid in uids if uid not in answers}
        if absent and not absent.isdisjoint(self.session.uids(min(absent), max(absent))):
            raise ProtocolTrouble("bad_answer", host=self._account.imap_host)
        return answers

    def large(self, uid: int, size: int) -> bytes:
        """A large message, fetched in parts, each an operation of its own."""
        pieces = []
        for piece in self.session.body_in_parts(uid, size):
            self._heartbeat()
            pieces.append(piece)
        return b"".join(pieces)

    def again(self, error: ProtocolTrouble) -> None:
        """Go on with a fresh session after nonsense. Raises ``error`` when patience has ended."""
        self._patience -= 1
        if self._patience < 0:
            raise error
        folder = self._folder
        self._close()
        self._heartbeat()
        self._open()
        if folder is not None and self.examine(folder).uidvalidity != folder.uidvalidity:
            raise FolderChanged("folder_gone", host=self._account.imap_host)

    def _open(self) -> None:
        account = self._account
        session = ImapSession(
            server_of(account),
            account.username,
            decrypt(account.secret),
            deadline=conf.get("OPERATION_DEADLINE"),
        )
        self._session = session.__enter__()

    def _close(self) -> None:
        if self._session is not None:
            session, self._session = self._session, None
            session.__exit__(None, None, None)
