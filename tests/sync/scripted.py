"""A mailbox in memory whose server misbehaves on order, in place of ``ImapSession``."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from email.parser import BytesHeaderParser

from escala_email_plugin.mail.headers import date, message_ids
from escala_email_plugin.servers.imap import (
    Detail,
    FolderGone,
    FolderState,
    ListedFolder,
    ProtocolTrouble,
    Traffic,
)
from tests.making import DAY

GLANCE = {"from", "to", "cc", "bcc", "subject", "date", "message-id"}


def head_of(raw: bytes) -> bytes:
    """The header block: the standard library falls over what some bodies are, and copies large ones."""
    end = raw.find(b"\r\n\r\n")
    return raw if end < 0 else raw[:end]


def read_head(raw: bytes) -> Message:
    return BytesHeaderParser().parsebytes(head_of(raw))


@dataclass
class World:
    """The server: folders of ``{uid: raw}``, what it answers nonsense about, and what it was asked."""

    folders: dict[str, dict[int, bytes]] = field(default_factory=dict)
    validity: dict[str, int] = field(default_factory=dict)
    flags: dict[str, set[str]] = field(default_factory=dict)
    tells_uidnext: bool = True
    #: LIST-STATUS, CONDSTORE, QRESYNC, OBJECTID and X-GM-EXT-1.
    lists_numbers: bool = False
    counts_changes: bool = False
    tells_vanished: bool = False
    knows_objects: bool = False
    is_gmail: bool = False
    mailbox_ids: dict[str, str] = field(default_factory=dict)
    labels: dict[bytes, tuple[str, ...]] = field(default_factory=dict)
    arrivals: dict[tuple[str, int], datetime] = field(default_factory=dict)
    modseq: int = 1
    #: Folder → {uid: the mod-sequence at which it went}, and the lowest UID a new message may get.
    gone: dict[str, dict[int, int]] = field(default_factory=dict)
    following: dict[str, int] = field(default_factory=dict)
    #: RFC822.SIZE where it is wrong.
    told_sizes: dict[int, int] = field(default_factory=dict)
    bad_headers: set[int] = field(default_factory=set)
    bad_bodies: set[int] = field(default_factory=set)
    bad_details: set[int] = field(default_factory=set)
    silent_headers: set[int] = field(default_factory=set)
    silent_details: set[int] = field(default_factory=set)
    bad_status: set[str] = field(default_factory=set)
    bad_search: set[str] = field(default_factory=set)
    logins: int = 0
    asked: list[tuple[str, list[int]]] = field(default_factory=list)
    #: Every operation by its name, the way they came.
    commands: list[str] = field(default_factory=list)

    def put(self, raw: bytes, folder: str = "INBOX", arrived: datetime = DAY) -> int:
        """Add a message; returns its UID."""
        box = self.folders.setdefault(folder, {})
        self.validity.setdefault(folder, 1)
        uid = max(max(box, default=0) + 1, self.following.get(folder, 1))
        box[uid] = raw
        self.arrivals[folder, uid] = arrived
        self.modseq += 1
        return uid

    def remove(self, uid: int, folder: str = "INBOX") -> bytes:
        """Expunge a message; returns it. Its UID is never given again."""
        self.following[folder] = self._uidnext(folder)
        self.modseq += 1
        self.gone.setdefault(folder, {})[uid] = self.modseq
        return self.folders[folder].pop(uid)

    def move(self, uid: int, folder: str, to: str) -> int:
        """Move a message to another folder; returns its new UID."""
        arrived = self.arrivals[folder, uid]
        return self.put(self.remove(uid, folder), to, arrived)

    def rename(self, folder: str, to: str) -> None:
        """The folder by another name, with the same id, numbering and messages."""
        for held in (self.folders, self.validity, self.mailbox_ids, self.flags, self.gone, self.following):
            if folder in held:
                held[to] = held.pop(folder)
        for name, uid in [place for place in self.arrivals if place[0] == folder]:
            self.arrivals[to, uid] = self.arrivals.pop((name, uid))

    def renumber(self, folder: str, first: int = 1) -> None:
        """Another UIDVALIDITY, the messages in the same order from ``first``."""
        self.validity[folder] += 1
        raws = [self.folders[folder][uid] for uid in sorted(self.folders[folder])]
        dates = [self.arrivals[folder, uid] for uid in sorted(self.folders[folder])]
        self.folders[folder] = dict(enumerate(raws, first))
        self.arrivals.update(((folder, uid), when) for uid, when in enumerate(dates, first))
        self.following.pop(folder, None)
        self.gone.pop(folder, None)

    def state(self, name: str) -> FolderState:
        if name not in self.folders:
            raise FolderGone("folder_gone")
        return FolderState(
            uidvalidity=self.validity[name],
            uidnext=self._uidnext(name) if self.tells_uidnext else None,
            exists=len(self.folders[name]),
            highestmodseq=self.modseq if self.counts_changes or self.tells_vanished else None,
            mailbox_id=self.mailbox_ids.setdefault(name, f"box-{name}") if self.knows_objects else "",
        )

    def _uidnext(self, name: str) -> int:
        return max(max(self.folders[name], default=0) + 1, self.following.get(name, 1))

    def session(self, *arguments, **options) -> "Session":
        """Stands in for the class ``ImapSession``."""
        return Session(self)


class Session:
    """One connection; nonsense closes it, as it closes a real one."""

    def __init__(self, world: World):
        self.world, self.folder, self.closed = world, "", False
        self.traffic = Traffic()

    def __enter__(self):
        self.world.logins += 1
        return self

    def __exit__(self, *exc):
        self.closed = True

    def close(self):
        self.closed = True

    @property
    def is_gmail(self):
        return self.world.is_gmail

    def _command(self, name: str, bad: bool = False) -> None:
        assert not self.closed
        self.world.commands.append(name)
        self.traffic.commands += 1
        if bad:
            self.closed = True
            raise ProtocolTrouble("bad_answer")

    @property
    def _box(self) -> dict[int, bytes]:
        return self.world.folders[self.folder]

    def folders(self):
        self._command("folders")
        return self._listed()

    def _listed(self):
        world = self.world
        return [ListedFolder(name, "/", frozenset(world.flags.get(name, ()))) for name in world.folders]

    def overview(self):
        if not self.world.lists_numbers:
            return [(folder, None) for folder in self.folders()]
        self._command("overview")
        silent = {name for name in self.world.folders if name in self.world.bad_status}
        silent |= {folder.name for folder in self._listed() if "\\noselect" in folder.flags}
        return [(one, None if one.name in silent else self.world.state(one.name)) for one in self._listed()]

    def status(self, name):
        self._command("status", name in self.world.bad_status)
        return self.world.state(name)

    def examine(self, name):
        self._command("examine")
        state = self.world.state(name)
        self.folder = name
        return state

    def uids(self, low, high):
        self._command("uids", self.folder in self.world.bad_search)
        return sorted(uid for uid in self._box if low <= uid <= high)

    def highest_uid(self, exists):
        self._command("highest_uid")
        assert exists == len(self._box)
        return max(self._box, default=0)

    def present(self, uids):
        self._command("present", self.folder in self.world.bad_search)
        return self._box.keys() & set(uids)

    def vanished(self, uids, modseq):
        if not self.world.tells_vanished:
            return None
        self._command("vanished")
        gone = self.world.gone.get(self.folder, {})
        return {uid for uid in uids if gone.get(uid, 0) > modseq}

    def search(self, low, high, addresses):
        self._command("search", self.folder in self.world.bad_search)
        assert all(address.isascii() for address in addresses)
        wanted = [address.lower() for address in addresses]
        there = (uid for uid in self._box if low <= uid <= high)
        return sorted(uid for uid in there if any(one in self._people(uid) for one in wanted))

    def find(self, *, address="", message_id="", subject=""):
        self._command("find", self.folder in self.world.bad_search)
        return sorted(
            uid
            for uid, raw in self._box.items()
            if (address or message_id or subject)
            and address.lower() in self._people(uid)
            and message_id in str(read_head(raw)["message-id"])
            and subject.lower() in str(read_head(raw)["subject"]).lower()
        )

    def _people(self, uid):
        message = read_head(self._box[uid])
        return " ".join(str(message[field]) for field in ("from", "to", "cc", "bcc")).lower()

    def address_headers(self, uids):
        self.world.asked.append(("headers", list(uids)))
        self._command("headers", not self.world.bad_headers.isdisjoint(uids))
        there = [uid for uid in uids if uid in self._box and uid not in self.world.silent_headers]
        return {uid: head_of(self._box[uid]) for uid in there}

    def glance(self, uids):
        self._command("glance", not self.world.bad_headers.isdisjoint(uids))
        found = {}
        for uid in uids:
            if uid in self._box:
                kept = read_head(self._box[uid])
                for name in {name for name in kept if name.lower() not in GLANCE}:
                    del kept[name]
                kept.set_payload("")
                found[uid] = kept.as_bytes()
        return found

    def details(self, uids):
        self.world.asked.append(("details", list(uids)))
        self._command("details", not self.world.bad_details.isdisjoint(uids))
        there = [uid for uid in uids if uid in self._box and uid not in self.world.silent_details]
        return {uid: self._detail(uid) for uid in there}

    def _detail(self, uid):
        raw = self._box[uid]
        ids = message_ids(read_head(raw)["message-id"])
        known = self.world.is_gmail or self.world.knows_objects
        return Detail(
            size=self.world.told_sizes.get(uid, len(raw)),
            arrived=self.world.arrivals.get((self.folder, uid), DAY),
            message_id=ids[0] if ids else "",
            provider_id=hashlib.sha256(raw).hexdigest()[:16] if known else "",
            labels=self.world.labels.get(raw, ()) if self.world.is_gmail else (),
            dated=date(read_head(raw)["date"], self.world.arrivals.get((self.folder, uid), DAY)),
        )

    def bodies(self, uids):
        self.world.asked.append(("bodies", list(uids)))
        self._command("bodies", not self.world.bad_bodies.isdisjoint(uids))
        return {uid: self._box[uid] for uid in uids if uid in self._box}

    def body_in_parts(self, uid, size, chunk=1 << 20):
        raw = self._box.get(uid)
        if raw is None:
            self._command("body_in_parts", True)
        for start in range(0, len(raw), chunk):
            self._command("body_in_parts", uid in self.world.bad_bodies)
            yield raw[start : start + chunk]

    def body_into(self, uid, size, file):
        return sum(file.write(piece) for piece in self.body_in_parts(uid, size))
