"""The folders of a mailbox: listed, counted, opened for reading."""

from contextlib import suppress
from typing import Any

from . import imap_folders, imap_listing
from .errors import FolderGone, ProtocolTrouble
from .imap_client import Client, checked, raise_if_later
from .imap_connection import ImapConnection
from .imap_folders import FolderState, ListedFolder
from .imap_trouble import translated

#: Gmail allows 10,000 labels; a server that lists many more means harm.
MOST_FOLDERS = 20_000
#: What EXAMINE tells about a folder's numbers, by imaplib's names.
_TOLD = ("EXISTS", "UIDVALIDITY", "UIDNEXT", "HIGHESTMODSEQ", "MAILBOXID")


class Folders(ImapConnection):
    """The commands about folders."""

    _told_all = True  # until the server refuses to list folders with their numbers

    def folders(self) -> list[ListedFolder]:
        """All folders, those that cannot be opened (``\\noselect``) included."""
        with self._operation() as client:
            if self._can("SPECIAL-USE") and self._can("LIST-EXTENDED"):
                typ, data = client.protocol.attempt("LIST", '""', '"*"', "RETURN", "(SPECIAL-USE)")
                if typ == "OK" and client.protocol.untagged("LIST"):
                    return self._listed(client, client.protocol.untagged("LIST"))
                raise_if_later(data)
                client.protocol.untagged_responses.clear()
            return self._listed(client, checked(*client.protocol.list('""', '"*"')))

    def overview(self) -> list[tuple[ListedFolder, FolderState | None]]:
        """All folders with their numbers, in one round trip where the server can (RFC 5819).

        None where it says nothing of a folder, and for all where it cannot: ask ``status`` then.
        """
        if self._told_all:
            with self._operation() as client:
                if self._can("LIST-STATUS"):
                    arguments = f"({self._roles()}STATUS ({self._items()}))"
                    typ, data = client.protocol.attempt("LIST", '""', '"*"', "RETURN", arguments)
                    if typ == "OK" and client.protocol.untagged("LIST"):
                        return self._counted(client)
                    raise_if_later(data)
            # RFC 5819 has it, but some servers' LIST does not: not asked again in this session.
            self._told_all = False
        return [(folder, None) for folder in self.folders()]

    def examine(self, name: str) -> FolderState:
        """Open a folder for reading. Raises FolderGone: "folder_gone", or "folder_refused" where it
        is there and may not be opened; the session lives on.
        """
        wire_name = self._wire_name(name)
        with self._operation() as client:
            if self._qresync is None:
                self._qresync = self._enable(client)
            typ, data = client.protocol.select(wire_name, readonly=True)
            if typ != "OK":
                raise self._folder_trouble(client, name, wire_name, data)
            told = {key: client.protocol.untagged(key) for key in _TOLD}
            answer = {key.encode(): _number(values[0]) for key, values in told.items() if values}
            return imap_folders.state(answer, b"EXISTS")

    def status(self, name: str) -> FolderState:
        """The numbers of a folder without opening it (RFC 9051 6.3.11). Raises as ``examine``."""
        wire_name = self._wire_name(name)
        with self._operation() as client:
            typ, data = client.protocol.status(wire_name, f"({self._items()})")
            if typ != "OK":
                raise self._folder_trouble(client, name, wire_name, data)
            *_others, last = imap_listing.groups(data)
            return imap_listing.status(last)[1]

    def _items(self) -> str:
        """What STATUS is asked for, as far as the server knows it (RFC 7162, RFC 8474)."""
        items = "MESSAGES UIDNEXT UIDVALIDITY"
        if self._can("CONDSTORE") or self._can("QRESYNC"):
            items += " HIGHESTMODSEQ"
        if self._can("OBJECTID"):
            items += " MAILBOXID"
        return items

    def _roles(self) -> str:
        """Some tell a folder's role only when asked (RFC 6154 2), and others refuse the question."""
        return "SPECIAL-USE " if self._can("SPECIAL-USE") else ""

    def _enable(self, client: Client) -> bool:
        """Ask for QRESYNC (RFC 7162 3.2.3): only before the first folder is opened (RFC 5161 3.1)."""
        if not (self._can("QRESYNC") and self._can("ENABLE")):
            return False
        typ, data = client.protocol.attempt("ENABLE", "QRESYNC")
        if typ != "OK":
            raise_if_later(data)
            return False
        return any(
            b"QRESYNC" in (line or b"").upper().split() for line in client.protocol.untagged("ENABLED")
        )

    def _listed(self, client: Client, data: list[Any]) -> list[ListedFolder]:
        found = list(imap_listing.folders(client, data))
        if len(found) > MOST_FOLDERS:
            raise ProtocolTrouble("too_big_answer")
        if not found:
            # There is always an INBOX: an empty list must not read as "all folders are gone".
            raise ProtocolTrouble("bad_answer")
        self._names.update((folder.name, wire) for folder, wire in found)
        return [folder for folder, _wire in found]

    def _counted(self, client: Client) -> list[tuple[ListedFolder, FolderState | None]]:
        folders = self._listed(client, client.protocol.untagged("LIST"))
        states = {}
        for line in imap_listing.groups(client.protocol.untagged("STATUS")):
            # Nonsense about one folder is no reason not to see the others.
            with suppress(Exception):
                wire, state = imap_listing.status(line)
                states[_same(imap_folders.decoded(wire))] = state
        return [(folder, states.get(_same(folder.name))) for folder in folders]

    def _wire_name(self, name: str) -> bytes:
        """The folder's name in quotes, as LIST gave it, else in modified UTF-7."""
        if any(char in name for char in "\r\n\0"):
            raise translated(FolderGone("folder_gone"), self.server, self._deadline)
        wire = self._names.get(name) or imap_folders.encoded(name)
        return b'"' + wire.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'

    def _folder_trouble(self, client: Client, name: str, wire_name: bytes, data: list[Any]) -> Exception:
        """Why a folder was refused: a plain NO may mean many things, so LIST is asked."""
        raise_if_later(data)
        if "[NONEXISTENT]" not in str(data[-1]).upper():
            lines = checked(*client.protocol.list('""', wire_name))
            for folder, _wire in imap_listing.folders(client, lines):
                if _same(folder.name) == _same(name) and not folder.flags & {"\\noselect", "\\nonexistent"}:
                    return FolderGone("folder_refused")
        return FolderGone("folder_gone")


def _same(name: str) -> str:
    """RFC 9051 5.1: INBOX is the one name without regard to case."""
    return "INBOX" if name.upper() == "INBOX" else name


def _number(value: Any) -> Any:
    """imaplib reads "[UIDNEXT 7] see [1]" as far as the last bracket."""
    return value.split(b"]")[0] if isinstance(value, bytes) else int(value)
