"""An open mailbox that can be opened again: one bad answer costs one message, not the rest."""

from collections.abc import Callable
from typing import Any

from .. import conf
from ..models import EmailAccount, Folder
from ..servers.imap import FolderGone, FolderState, ImapSession, ProtocolTrouble, Server
from ..servers.secrets import decrypt

#: So many answers may be nonsense in one sync before the server is called broken.
PATIENCE = 60


class FolderChanged(FolderGone):
    """The folder is not what it was when the sync began (another UIDVALIDITY)."""


def server_of(account: EmailAccount) -> Server:
    """Where the account's IMAP server is."""
    return Server(account.imap_host, account.imap_port, account.imap_tls)


class Mailbox:
    """The connection of one sync. Context manager; at most one connection at a time."""

    def __init__(self, account: EmailAccount):
        self._account = account
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
        """The open session."""
        return self._session

    def examine(self, folder: Folder) -> FolderState:
        """Open ``folder`` read-only. Raises FolderGone."""
        self._folder = None
        state = self._session.examine(folder.name)
        self._folder = folder
        return state

    def carefully(
        self, ask: Callable[[ImapSession, list[int]], dict[int, Any]], uids: list[int]
    ) -> tuple[dict[int, Any], list[int]]:
        """Ask about ``uids`` in one command; where the answer is nonsense, halve until the culprit is alone.

        Returns ``(answers by uid, uids that cannot be asked about)``. Raises ProtocolTrouble when
        the whole server talks nonsense, FolderGone when the folder went away meanwhile.
        """
        if not uids:
            return {}, []
        try:
            return ask(self._session, uids), []
        except ProtocolTrouble as error:
            self._again(error)
        if len(uids) == 1:
            return {}, uids
        middle = len(uids) // 2
        first, bad_first = self.carefully(ask, uids[:middle])
        second, bad_second = self.carefully(ask, uids[middle:])
        return first | second, bad_first + bad_second

    def _again(self, error: ProtocolTrouble) -> None:
        """Go on with a fresh session, as long as there is patience."""
        self._patience -= 1
        if self._patience < 0:
            raise error
        folder = self._folder
        self._close()
        self._open()
        if folder is not None and self.examine(folder).uidvalidity != folder.uidvalidity:
            raise FolderChanged

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
