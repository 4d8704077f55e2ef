"""What the owner of a mailbox does to it in another mail client, and what it looks like to him."""

import imaplib
from typing import Any

from imapclient.imap_utf7 import encode

from .dovecot import Dovecot


class Owner:
    """One connection of the owner's, by plain imaplib. Folders by their names on the wire's far side."""

    def __init__(self, dovecot: Dovecot, user: str):
        self._dovecot, self.user = dovecot, user
        self._client = dovecot.client(user)

    def close(self) -> None:
        """Hang up."""
        self._client.shutdown()

    def create(self, folder: str) -> None:
        self._do("CREATE", _quoted(folder))

    def delete(self, folder: str) -> None:
        self._do("DELETE", _quoted(folder))

    def rename(self, folder: str, to: str) -> None:
        """The folder and those within it by another name."""
        self._do("RENAME", _quoted(folder), _quoted(to))

    def uids(self, folder: str) -> list[int]:
        """The UIDs of the folder, ascending."""
        self._select(folder)
        return [int(word) for word in self._do("UID", "SEARCH", "ALL")[-1].split()]

    def append(self, folder: str, raw: bytes) -> None:
        self._client.literal = raw
        self._do("APPEND", _quoted(folder))

    def copy(self, folder: str, uid: int, to: str) -> None:
        self._select(folder)
        self._do("UID", "COPY", str(uid), _quoted(to))
        self._do("UNSELECT")

    def move(self, folder: str, uid: int, to: str) -> None:
        """As clients do where there is no MOVE (RFC 6851) and where there is."""
        self._select(folder)
        self._do("UID", "MOVE", str(uid), _quoted(to))
        self._do("UNSELECT")

    def expunge(self, folder: str, *uids: int) -> None:
        self._select(folder)
        self._do("UID", "STORE", ",".join(map(str, uids)), "+FLAGS.SILENT", r"(\Deleted)")
        self._do("EXPUNGE")
        self._do("UNSELECT")

    def renumber(self, folder: str, uidvalidity: int) -> None:
        """Another UIDVALIDITY, by Dovecot's own administration."""
        self._dovecot.administer(
            "mailbox", "update", "-u", self.user, "--uid-validity", str(uidvalidity), folder
        )

    def sees(self) -> dict[bytes, list[bytes]]:
        """Every message of every folder: UID, flags, date and all its bytes, read without leaving a trace."""
        found = {}
        for line in self._do("LIST", '""', '"*"'):
            flags, _, rest = line.partition(b") ")
            if b"\\noselect" in flags.lower() or b"\\nonexistent" in flags.lower():
                continue
            name = rest.split(b" ", 1)[1]
            self._do("EXAMINE", name, untagged="EXISTS")
            items = self._do("UID", "FETCH", "1:*", "(UID FLAGS INTERNALDATE BODY.PEEK[])")
            found[name] = [part if isinstance(part, bytes) else b"".join(part) for part in items if part]
        return found

    def _select(self, folder: str) -> None:
        self._do("SELECT", _quoted(folder), untagged="EXISTS")

    def _do(self, name: str, *arguments: Any, untagged: str = "") -> list:
        """One command; returns its untagged answers of the kind it is about. Raises RuntimeError."""
        client = self._client
        client.state = "SELECTED"  # imaplib's own book-keeping; the server's word is what counts
        client.untagged_responses.clear()
        typ, data = client._simple_command(name, *arguments)
        if typ != "OK":
            raise RuntimeError(f"{name} {arguments}: {data!r}")
        kind = untagged or {"UID": arguments[0] if arguments else ""}.get(name, name)
        return client.untagged_responses.get(kind, [])


def _quoted(folder: str) -> bytes:
    return b'"' + encode(folder).replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


imaplib.Commands.setdefault("UNSELECT", ("SELECTED",))
