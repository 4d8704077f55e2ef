"""An IMAP mailbox, read and never written: EXAMINE and BODY.PEEK only."""

import imaplib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from imapclient.response_parser import parse_response

from .. import conf
from . import answers, imap_fetch, imap_folders
from .errors import (
    FolderGone,
    ImapError,
    ProtocolTrouble,
    Refused,
    Throttled,
    Unreachable,
    Untrusted,
)
from .imap_client import Client
from .imap_connection import SMALL_ANSWER, ImapConnection
from .imap_folders import FolderState, ListedFolder
from .imap_trouble import translated
from .server import Server

__all__ = [
    "FolderGone",
    "FolderState",
    "ImapError",
    "ImapSession",
    "ListedFolder",
    "ProtocolTrouble",
    "Refused",
    "Server",
    "Throttled",
    "Unreachable",
    "Untrusted",
]

T = TypeVar("T")


class ImapSession(ImapConnection):
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

    def folders(self) -> list[ListedFolder]:
        """All folders, those that cannot be opened (``\\noselect``) included."""
        with self._operation() as client:
            client.folder_encode = False
            found = list(imap_folders.listed(client.list_folders()))
            if not found:
                # There is always an INBOX: an empty list must not read as "all folders are gone".
                raise ProtocolTrouble("bad_answer")
        self._names.update((folder.name, wire) for folder, wire in found)
        return [folder for folder, _wire in found]

    def examine(self, name: str) -> FolderState:
        """Open a folder for reading. Raises FolderGone: "folder_gone", or "folder_refused" where it
        is there and may not be opened; the session lives on.
        """
        wire_name = self._wire_name(name)
        with self._operation() as client:
            typ, data = client.protocol.select(wire_name, readonly=True)
            if typ == "OK":
                answer = client._process_select_response(client.protocol.untagged_responses)
                return imap_folders.state(answer, b"EXISTS")
            raise self._folder_trouble(client, name, wire_name, data)

    def status(self, name: str) -> FolderState:
        """The numbers of a folder without opening it (RFC 9051 6.3.11). Raises as ``examine``."""
        wire_name = self._wire_name(name)
        with self._operation() as client:
            items = "MESSAGES UIDNEXT UIDVALIDITY"
            if client.has_capability("CONDSTORE"):
                items += " HIGHESTMODSEQ"
            typ, data = client.protocol.status(wire_name, f"({items})")
            if typ != "OK":
                raise self._folder_trouble(client, name, wire_name, data)
            pairs = iter(parse_response(data)[-1])
            answer = {key.upper(): value for key, value in zip(pairs, pairs, strict=True)}
            return imap_folders.state(answer, b"MESSAGES")

    def uids(self, low: int, high: int) -> list[int]:
        """The UIDs from ``low`` to ``high``, both included, ascending. At most 60,000 apart: the
        answer is one line, and imaplib reads none past a million bytes.
        """
        low = max(low, 1)
        if low > high:
            return []
        with self._operation() as client:
            lines = _checked(*client.protocol.uid("SEARCH", "UID", f"{int(low)}:{int(high)}"))
            # "* SEARCH 1 2 (MODSEQ 3)" (RFC 7162 3.1.5); none at all where nothing is found.
            found = {int(word) for line in lines if line for word in line.split(b"(")[0].split()}
        return sorted(uid for uid in found if low <= uid <= high)

    def address_headers(self, uids: Iterable[int]) -> dict[int, bytes]:
        """UID → the raw From, To, Cc and Bcc fields. A message that vanished is absent."""
        fields = f"BODY.PEEK[HEADER.FIELDS {imap_fetch.ADDRESS_FIELDS}]"
        return self._fetch_all(uids, f"(UID {fields})", imap_fetch.headers)

    def sizes(self, uids: Iterable[int]) -> dict[int, tuple[int, datetime | None]]:
        """UID → (bytes, when it arrived, in UTC). A message that vanished is absent."""
        return self._fetch_all(uids, "(UID RFC822.SIZE INTERNALDATE)", imap_fetch.sizes)

    def bodies(self, uids: Iterable[int]) -> dict[int, bytes]:
        """UID → the raw message. A message that vanished is absent.

        Ask for no more than the deadline lets through; ProtocolTrouble past MAX_MESSAGE_BYTES.
        """
        found = self._fetch_all(uids, "(UID BODY.PEEK[])", imap_fetch.bodies)
        empty = [uid for uid, body in found.items() if body is None]
        if empty:
            # Dovecot says NIL for what has just been expunged, others for what they cannot read:
            # the first is gone, the second must be kept in sight.
            with self._operation() as client:
                client.noop()
            there = {uid for uid in empty if self.uids(uid, uid)}
            found = {uid: body or b"" for uid, body in found.items() if body is not None or uid in there}
        return found

    def body_in_parts(self, uid: int, size: int, chunk: int = 1 << 20) -> Iterator[bytes]:
        """The raw message in pieces of ``chunk`` bytes, each under its own deadline.

        Servers may be wrong about ``size`` (RFC822.SIZE): the end is the first short piece, and a
        message that grows far past it is ProtocolTrouble, as is one that vanishes on the way.
        """
        offset = 0
        while True:
            item = f"(UID BODY.PEEK[]<{offset}.{chunk}>)"
            data = self._fetch(str(int(uid)), item, partial(imap_fetch.part, uid=uid, offset=offset))
            if data is None:
                raise self._trouble("vanished")
            if len(data) > chunk or offset + len(data) > size + size // 4 + chunk:
                raise self._trouble("too_big_answer")
            if data:
                yield data
            offset += len(data)
            if len(data) < chunk:
                return

    def _fetch_all(
        self, uids: Iterable[int], items: str, read: Callable[[list[Any]], dict[int, T]]
    ) -> dict[int, T]:
        found: dict[int, T] = {}
        for uid_set, members in imap_fetch.uid_sets(uids):
            answer = self._fetch(uid_set, items, read)
            # Servers also tell of messages nobody asked about (RFC 9051 7).
            found.update((uid, answer[uid]) for uid in members if uid in answer)
        return found

    def _fetch(self, uid_set: str, items: str, read: Callable[[list[Any]], T]) -> T:
        allowance = conf.get("MAX_MESSAGE_BYTES") + SMALL_ANSWER
        with self._operation(allowance, fetching=True) as client:
            protocol = client.protocol
            typ, data = protocol.uid("FETCH", uid_set, items)
            if typ == "NO" and b"[EXPUNGEISSUED]" in data[-1].upper():
                # RFC 5530: some are gone, the others have come all the same.
                typ, data = protocol._untagged_response("OK", [None], "FETCH")
            return read(_checked(typ, data))

    def _wire_name(self, name: str) -> bytes:
        """The folder's name in quotes, as LIST gave it, else in modified UTF-7."""
        if any(char in name for char in "\r\n\0"):
            raise translated(FolderGone("folder_gone"), self.server, self._deadline)
        wire = self._names.get(name) or imap_folders.encoded(name)
        return b'"' + wire.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'

    def _folder_trouble(self, client: Client, name: str, wire_name: bytes, data: list[Any]) -> Exception:
        """Why a folder was refused: a plain NO may mean many things, so LIST is asked."""
        words = str(data[-1])
        if later := answers.later(words):
            return Throttled(later[0], retry_after=later[1])
        if "[NONEXISTENT]" not in words.upper():
            lines = _checked(*client.protocol.list('""', wire_name))
            client.folder_encode = False
            for folder, _wire in imap_folders.listed(client._proc_folder_list(lines)):
                same = folder.name == name or folder.name.upper() == name.upper() == "INBOX"
                if same and not folder.flags & {"\\noselect", "\\nonexistent"}:
                    return FolderGone("folder_refused")
        return FolderGone("folder_gone")


def _checked(typ: str, data: list[Any]) -> list[Any]:
    if typ != "OK":
        raise imaplib.IMAP4.error(str(data[-1]))
    return data
