"""A mailbox in memory whose server misbehaves on order, in place of ``ImapSession``."""

from dataclasses import dataclass, field

from escala_email_plugin.servers.imap import FolderGone, FolderState, ListedFolder, ProtocolTrouble
from tests.making import DAY


@dataclass
class World:
    """The server: folders of ``{uid: raw}``, what it answers nonsense about, and what it was asked."""

    folders: dict[str, dict[int, bytes]] = field(default_factory=dict)
    validity: dict[str, int] = field(default_factory=dict)
    tells_uidnext: bool = True
    bad_headers: set[int] = field(default_factory=set)
    bad_bodies: set[int] = field(default_factory=set)
    silent_headers: set[int] = field(default_factory=set)
    silent_sizes: set[int] = field(default_factory=set)
    bad_status: set[str] = field(default_factory=set)
    bad_search: set[str] = field(default_factory=set)
    logins: int = 0
    asked: list[tuple[str, list[int]]] = field(default_factory=list)

    def put(self, raw: bytes, folder: str = "INBOX") -> int:
        """Add a message; returns its UID."""
        box = self.folders.setdefault(folder, {})
        self.validity.setdefault(folder, 1)
        uid = max(box, default=0) + 1
        box[uid] = raw
        return uid

    def state(self, name: str) -> FolderState:
        if name not in self.folders:
            raise FolderGone("folder_gone")
        box = self.folders[name]
        uidnext = max(box, default=0) + 1 if self.tells_uidnext else None
        return FolderState(self.validity[name], uidnext, len(box), None)

    def session(self, *arguments, **options) -> "Session":
        """Stands in for the class ``ImapSession``."""
        return Session(self)


class Session:
    """One connection; nonsense closes it, as it closes a real one."""

    def __init__(self, world: World):
        self.world, self.folder, self.closed = world, "", False

    def __enter__(self):
        self.world.logins += 1
        return self

    def __exit__(self, *exc):
        self.closed = True

    def _nonsense_if(self, bad: bool) -> None:
        assert not self.closed
        if bad:
            self.closed = True
            raise ProtocolTrouble("bad_answer")

    @property
    def _box(self) -> dict[int, bytes]:
        return self.world.folders[self.folder]

    def folders(self):
        return [ListedFolder(name, "/", frozenset()) for name in self.world.folders]

    def status(self, name):
        self._nonsense_if(name in self.world.bad_status)
        return self.world.state(name)

    def examine(self, name):
        self._nonsense_if(False)
        self.folder = name
        return self.world.state(name)

    def uids(self, low, high):
        self._nonsense_if(self.folder in self.world.bad_search)
        return sorted(uid for uid in self._box if low <= uid <= high)

    def address_headers(self, uids):
        self.world.asked.append(("headers", list(uids)))
        self._nonsense_if(not self.world.bad_headers.isdisjoint(uids))
        there = [uid for uid in uids if uid in self._box and uid not in self.world.silent_headers]
        return {uid: self._box[uid].partition(b"\r\n\r\n")[0] for uid in there}

    def sizes(self, uids):
        self.world.asked.append(("sizes", list(uids)))
        there = [uid for uid in uids if uid in self._box and uid not in self.world.silent_sizes]
        return {uid: (len(self._box[uid]), DAY) for uid in there}

    def bodies(self, uids):
        self.world.asked.append(("bodies", list(uids)))
        self._nonsense_if(not self.world.bad_bodies.isdisjoint(uids))
        return {uid: self._box[uid] for uid in uids if uid in self._box}
