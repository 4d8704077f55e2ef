"""Mail on disk: folders and messages of every account in one SQLite file, bytes exactly as they arrived."""

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

SCHEMA = """
CREATE TABLE IF NOT EXISTS folder (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    uidvalidity INTEGER NOT NULL,
    uidnext INTEGER NOT NULL DEFAULT 1,
    UNIQUE (account, name)
);
CREATE TABLE IF NOT EXISTS message (
    folder INTEGER NOT NULL REFERENCES folder ON DELETE CASCADE,
    uid INTEGER NOT NULL,
    arrived INTEGER NOT NULL,
    flags TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (folder, uid)
);
"""


class Folder(NamedTuple):
    """A mailbox folder as IMAP knows it."""

    id: int
    name: str
    uidvalidity: int
    uidnext: int


class Entry(NamedTuple):
    """What is known of a message without its content. ``size`` is in bytes, ``arrived`` aware UTC."""

    uid: int
    arrived: datetime
    flags: frozenset[str]
    size: int


class Store:
    """The mail of all accounts. One process writes; every change is on disk when the method returns."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON;" + SCHEMA)

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> "Store":
        """One transaction: all of it on disk afterwards, or nothing."""
        self._db.execute("BEGIN IMMEDIATE")
        return self

    def __exit__(self, kind, error, trace) -> None:
        self._db.execute("ROLLBACK" if kind else "COMMIT")

    def folders(self, account: str) -> list[Folder]:
        rows = self._db.execute(
            "SELECT id, name, uidvalidity, uidnext FROM folder WHERE account = ? ORDER BY id", [account]
        )
        return [Folder(*row) for row in rows]

    def add_folder(self, account: str, name: str) -> Folder:
        """Make a folder with a UIDVALIDITY that no earlier one had. Raises ValueError if it is there."""
        (last,) = self._db.execute("SELECT coalesce(max(uidvalidity), 0) FROM folder").fetchone()
        uidvalidity = max(last + 1, int(datetime.now(UTC).timestamp()))
        try:
            done = self._db.execute(
                "INSERT INTO folder (account, name, uidvalidity) VALUES (?, ?, ?)",
                [account, name, uidvalidity],
            )
        except sqlite3.IntegrityError:
            raise ValueError(name) from None
        return Folder(done.lastrowid, name, uidvalidity, 1)

    def rename_folder(self, folder: int, name: str) -> None:
        self._db.execute("UPDATE folder SET name = ? WHERE id = ?", [name, folder])

    def remove_folder(self, folder: int) -> None:
        self._db.execute("DELETE FROM folder WHERE id = ?", [folder])

    def entries(self, folder: int) -> list[Entry]:
        """Every message of the folder, by UID, without contents."""
        rows = self._db.execute(
            "SELECT uid, arrived, flags, length(content) FROM message WHERE folder = ? ORDER BY uid",
            [folder],
        )
        return [
            Entry(uid, datetime.fromtimestamp(arrived, UTC), frozenset(flags.split()), size)
            for uid, arrived, flags, size in rows
        ]

    def content(self, folder: int, uid: int) -> bytes | None:
        """The message's bytes, None where it is gone."""
        row = self._db.execute(
            "SELECT content FROM message WHERE folder = ? AND uid = ?", [folder, uid]
        ).fetchone()
        return row and row[0]

    def add(self, folder: int, content: bytes, arrived: datetime, flags: Iterable[str] = ()) -> Entry:
        """Put a message in, with the folder's next UID."""
        (uid,) = self._db.execute(
            "UPDATE folder SET uidnext = uidnext + 1 WHERE id = ? RETURNING uidnext - 1", [folder]
        ).fetchall()[0]
        seconds = int(arrived.timestamp())
        kept = frozenset(flags)
        self._db.execute(
            "INSERT INTO message VALUES (?, ?, ?, ?, ?)",
            [folder, uid, seconds, " ".join(sorted(kept)), content],
        )
        return Entry(uid, datetime.fromtimestamp(seconds, UTC), kept, len(content))

    def set_flags(self, folder: int, uid: int, flags: Iterable[str]) -> None:
        self._db.execute(
            "UPDATE message SET flags = ? WHERE folder = ? AND uid = ?",
            [" ".join(sorted(flags)), folder, uid],
        )

    def remove(self, folder: int, uids: Iterable[int]) -> None:
        self._db.executemany(
            "DELETE FROM message WHERE folder = ? AND uid = ?", [(folder, uid) for uid in uids]
        )
