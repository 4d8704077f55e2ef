"""FETCH: headers, details, bodies and changes of messages. The folder must be open."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, BinaryIO, TypeVar

from .. import conf
from . import imap_details, imap_fetch
from .imap_client import checked, raise_if_later
from .imap_connection import SMALL_ANSWER
from .imap_details import Detail
from .imap_search import WIDEST, Search

T = TypeVar("T")

#: Bytes of a large message fetched by one command.
PIECE = 1 << 20


class Messages(Search):
    """The commands that read messages."""

    def address_headers(self, uids: Iterable[int]) -> dict[int, bytes]:
        """UID → the raw From, To, Cc and Bcc fields. A message that vanished is absent."""
        return self._header_fields(uids, imap_fetch.ADDRESS_FIELDS)

    def delivery_headers(self, uids: Iterable[int]) -> dict[int, bytes]:
        """As ``address_headers``, with the fields in which servers say to which address a message came."""
        return self._header_fields(uids, imap_fetch.DELIVERY_FIELDS)

    def glance(self, uids: Iterable[int]) -> dict[int, bytes]:
        """UID → the raw fields people know a message by: From, To, Cc, Bcc, Subject, Date, Message-ID."""
        return self._header_fields(uids, imap_fetch.GLANCE_FIELDS)

    def details(self, uids: Iterable[int]) -> dict[int, Detail]:
        """UID → size, arrival, Message-ID and the provider's ids. A message that vanished is absent."""
        items = imap_details.items(gmail=self._can("X-GM-EXT-1"), objects=self._can("OBJECTID"))
        return self._fetch_all(uids, items, imap_details.details)

    def bodies(self, uids: Iterable[int]) -> dict[int, bytes]:
        """UID → the raw message. A message that vanished is absent.

        Ask for no more than the deadline lets through; ProtocolTrouble past MAX_MESSAGE_BYTES.
        """
        found = self._fetch_all(uids, "(UID BODY.PEEK[])", imap_fetch.bodies)
        empty = [uid for uid, body in found.items() if body is None]
        if empty:
            # Dovecot says NIL for what has just been expunged, others for what they cannot read:
            # the first is gone, the second must be kept in sight.
            there = self.present(empty)
            found = {uid: body or b"" for uid, body in found.items() if body is not None or uid in there}
        return found

    def body_in_parts(self, uid: int, size: int, chunk: int = PIECE) -> Iterator[bytes]:
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

    def body_into(self, uid: int, size: int, file: BinaryIO) -> int:
        """Write the raw message to ``file`` piece by piece, as ``body_in_parts``; returns its bytes.

        Where it raises, the file holds what came until then.
        """
        return sum(file.write(piece) for piece in self.body_in_parts(uid, size))

    def highest_uid(self, exists: int) -> int:
        """The highest UID of the folder, 0 where it is empty: for servers that tell no UIDNEXT.

        ``exists``: the count EXAMINE gave. Asking for ``*`` instead makes some servers hang.
        """
        if exists < 1:
            return 0
        with self._operation() as client:
            data = checked(*client.protocol.fetch(str(int(exists)), "(UID)"))
            return imap_fetch.uid_of(exists, data)

    def vanished(self, uids: Iterable[int], modseq: int) -> set[int] | None:
        """Those of ``uids`` that went away since ``modseq`` (RFC 7162 3.2.6); None where the server cannot
        tell: then ask ``present``.
        """
        if not self._qresync or modseq < 1:
            return None
        gone: set[int] = set()
        for uid_set, members in imap_fetch.uid_sets(uids, WIDEST):
            with self._operation() as client:
                changes = f"(CHANGEDSINCE {int(modseq)} VANISHED)"
                typ, data = client.protocol.attempt("UID", "FETCH", uid_set, "(FLAGS)", changes)
                if typ != "OK":
                    # A folder without mod-sequences (RFC 7162 3.1.2.2).
                    raise_if_later(data)
                    return None
                for line in client.protocol.untagged("VANISHED"):
                    gone.update(imap_fetch.among(members, line))
        return gone

    def _header_fields(self, uids: Iterable[int], fields: str) -> dict[int, bytes]:
        return self._fetch_all(uids, f"(UID BODY.PEEK[HEADER.FIELDS {fields}])", imap_fetch.headers)

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
            return read(checked(typ, data))
