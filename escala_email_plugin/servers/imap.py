"""An IMAP mailbox, read and never written: EXAMINE and BODY.PEEK only."""

from .errors import (
    FolderGone,
    ImapError,
    ProtocolTrouble,
    Refused,
    Throttled,
    Unreachable,
    Untrusted,
)
from .imap_details import Detail
from .imap_folders import FolderState, ListedFolder
from .imap_messages import Messages
from .imap_overview import Folders
from .server import Server
from .traffic import Traffic

__all__ = [
    "Detail",
    "FolderGone",
    "FolderState",
    "ImapError",
    "ImapSession",
    "ListedFolder",
    "ProtocolTrouble",
    "Refused",
    "Server",
    "Throttled",
    "Traffic",
    "Unreachable",
    "Untrusted",
]


class ImapSession(Folders, Messages):
    """A logged-in connection, as a context manager. Every operation may raise ``ImapError``.

    ``deadline``: seconds that connecting and logging in, and then each command, may take
    altogether, however slowly the server drips. Nothing secret is sent before verified TLS.
    After any error but FolderGone the connection is closed: go on with a fresh session.
    """

    @property
    def capabilities(self) -> frozenset[str]:
        """What the server can do after the login (RFC 9051 7.2.2), in capitals."""
        with self._operation() as client:
            return frozenset(word.decode("latin-1") for word in client.capabilities())

    @property
    def is_gmail(self) -> bool:
        """Whether folders are labels, and All Mail holds every message (X-GM-EXT-1)."""
        return self._can("X-GM-EXT-1")
