"""A short look into a mailbox for one question: every folder, few commands, an end in sight."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from .. import conf
from ..mail.addresses import mailboxes
from ..mail.headers import address_headers, date, decoded
from ..models import EmailAccount, Folder
from ..servers.imap import (
    Detail,
    FolderGone,
    ImapError,
    ImapSession,
    ListedFolder,
    ProtocolTrouble,
    Unreachable,
)
from ..servers.roles import role_of
from ..servers.secrets import SecretUnreadable
from .credentials import credentials_of
from .folders import FIRST, LEFT_OUT
from .mailbox import server_of
from .question import Question

#: Seconds altogether: somebody waits before a page, and web servers give up after thirty.
ALTOGETHER = 20.0

#: Folders looked into at most, and connections opened.
FOLDERS, CONNECTIONS = 200, 3

#: Messages looked at in one folder: the newest.
OF_A_FOLDER = 20

#: Characters of a subject or sender that are shown.
SHOWN = 300


def shown(name: str, address: str) -> str:
    """Somebody's name and address in one short line."""
    return f"{name[: SHOWN - len(address)]} <{address}>" if name else address


@dataclass(frozen=True)
class Place:
    """A folder at the server: its row where we have one, and what it is for."""

    name: str
    role: str
    row: Folder | None

    @property
    def is_left_out(self) -> bool:
        """Whether nothing of it is synchronised."""
        return not self.row.synced if self.row else self.role in LEFT_OUT


@dataclass(frozen=True)
class Hit:
    """A message at the server that was asked about. ``detail`` is None where the server told none."""

    place: Place
    uidvalidity: int
    uid: int
    raw: bytes
    detail: Detail | None

    @property
    def subject(self) -> str:
        return decoded(address_headers(self.raw).get("subject", b""))[:SHOWN]

    @property
    def sender(self) -> str:
        """The first mailbox of From: the name shown and the address."""
        found = mailboxes(address_headers(self.raw).get("from", b""))
        return shown(*found[0]) if found else ""

    @property
    def sent_at(self) -> datetime | None:
        return date(address_headers(self.raw).get("date", b""), self.detail.arrived if self.detail else None)


class OutOfTime(Exception):
    """Nothing more can be asked."""


class Inquiry:
    """A connection of its own that reads only, as a context manager. Raises ImapError.

    ``is_partial`` says that not every folder could be looked into.
    """

    def __init__(self, account: EmailAccount):
        self.account = account
        self.is_partial = False
        self._until = time.monotonic() + ALTOGETHER
        self._connections = 0
        self._open = ExitStack()
        self._session: ImapSession | None = None

    def __enter__(self) -> "Inquiry":
        self._connect()
        return self

    def __exit__(self, *exc) -> None:
        self._open.close()

    def places(self) -> list[Place]:
        """The folders with something in them, those that are synchronised first.

        Of Gmail's only those that are not labels: All Mail, Spam and Bin.
        """
        try:
            overview = self._next().overview()
        except OutOfTime:
            self.is_partial = True
            return []
        rows = {row.name: row for row in self.account.folders.filter(gone_at=None)}
        listed = [
            Place(folder.name, _role(folder, rows.get(folder.name)), rows.get(folder.name))
            for folder, state in overview
            if "\\noselect" not in folder.flags and (state is None or state.exists)
        ]
        if self._session.is_gmail and any(place.role == Folder.Role.ALL for place in listed):
            roles = (Folder.Role.ALL, Folder.Role.JUNK, Folder.Role.TRASH)
            listed = [place for place in listed if place.role in roles]
        listed.sort(key=lambda place: (place.is_left_out, place.role not in FIRST, place.name))
        self.is_partial |= len(listed) > FOLDERS
        return listed[:FOLDERS]

    def hits(self, places: list[Place], question: Question) -> Iterator[Hit]:
        """The newest messages that are meant in each of ``places``, as far as time allows."""
        answered, trouble = False, None
        for place in places:
            try:
                yield from self._in(place, question)
                answered = True
            except FolderGone:
                continue
            except OutOfTime:
                self.is_partial = True
                break
            except (ProtocolTrouble, Unreachable) as error:
                self.is_partial, trouble = True, error
                if not self._again():
                    break
        if trouble and not answered:
            raise trouble

    def _in(self, place: Place, question: Question) -> list[Hit]:
        state = self._next().examine(place.name)
        uids = self._next().find(**question.wanted())[-OF_A_FOLDER:]
        if not uids:
            return []
        glances = self._next().glance(uids)
        meant = [uid for uid, raw in glances.items() if question.fits(raw)]
        if question.subject and not meant:
            meant = list(glances)  # the server may read an odd subject better than we do
        details = self._next().details(meant) if meant else {}
        return [Hit(place, state.uidvalidity, uid, glances[uid], details.get(uid)) for uid in meant]

    def _next(self) -> ImapSession:
        """The session for one operation, which may take what is left of the time. Raises OutOfTime."""
        left = self._left()
        if left <= 0:
            raise OutOfTime
        self._session.lend(min(left, conf.get("OPERATION_DEADLINE")))
        return self._session

    def _left(self) -> float:
        return self._until - time.monotonic()

    def _connect(self) -> None:
        account = self.account
        self._connections += 1
        try:
            credentials = credentials_of(account)
        except SecretUnreadable as error:
            raise ImapError(error.code, host=account.imap_host, port=account.imap_port) from None
        deadline = min(self._left(), conf.get("OPERATION_DEADLINE"))
        session = ImapSession(server_of(account), credentials, deadline=deadline)
        self._session = self._open.enter_context(session)

    def _again(self) -> bool:
        """Go on with another connection; False after a few, or where time is up. Raises ImapError."""
        if self._connections >= CONNECTIONS or self._left() <= 0:
            return False
        self._open.close()
        self._connect()
        return True


def _role(listed: ListedFolder, row: Folder | None) -> str:
    return row.role if row is not None and row.role_chosen else role_of(listed)
