"""pymap's folders and messages on top of ``store``: held in memory, written through at every change."""

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from pymap.backend.dict.mailbox import MailboxData, MailboxSet, Message
from pymap.bytes import Writeable
from pymap.exceptions import NotSupportedError
from pymap.flags import FlagOp
from pymap.interfaces.message import CachedMessage
from pymap.message import BaseLoadedMessage
from pymap.mime import MessageContent
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import FetchRequirement, Flag, ObjectId

from sandbox.mailserver.store import Entry, Folder, Store

INBOX = "INBOX"


class LoadedMessage(BaseLoadedMessage):
    """A message that is read from the store, and parsed, as far as an answer needs it."""

    __slots__ = ["_folder", "_size"]

    def __init__(self, message: "StoredMessage", requirement: FetchRequirement) -> None:
        super().__init__(message, requirement, None)
        self._folder, self._size = message.folder, message.size

    @property
    def content(self) -> MessageContent:
        if self._content is None:
            whole = FetchRequirement.BODY in self.requirement
            self._content = self._folder.parsed(self.message.uid, whole)
        return super().content

    def get_size(self, section: Sequence[int] | None = None) -> int:
        return super().get_size(section) if section else self._size

    def get_body(self, section: Sequence[int] | None = None, binary: bool = False) -> Writeable:
        if section or binary:
            return super().get_body(section, binary)
        return Writeable.wrap(self._folder.raw(self.message.uid))

    def get_message_headers(self, section=None, subset=None, inverse=False) -> Writeable:
        if section or FetchRequirement.BODY not in self.requirement:
            return super().get_message_headers(section, subset, inverse)
        header = LoadedMessage(self.message, FetchRequirement.HEADER)
        return header.get_message_headers(None, subset, inverse)


class StoredMessage(Message):
    """A message whose content stays in the store until somebody asks for it."""

    __slots__ = ["folder", "size"]

    def __init__(self, folder: "StoredFolder", entry: Entry, *, recent: bool = False, expunged: bool = False):
        flags = {Flag(flag.encode()) for flag in entry.flags}
        super().__init__(entry.uid, entry.arrived, flags, recent=recent, expunged=expunged)
        self.folder = folder
        self.size = entry.size

    @property
    def email_id(self) -> ObjectId:
        """The same for the same bytes, wherever they lie (RFC 8474)."""
        content = self.folder.raw(self.uid) or b"%d/%d" % (self.folder.id, self.uid)
        return ObjectId.new_email_id(hashlib.sha256(content).digest())

    def entry(self) -> Entry:
        flags = frozenset(bytes(flag).decode() for flag in self.permanent_flags)
        return Entry(self.uid, self.internal_date, flags, self.size)

    async def load_content(self, requirement: FetchRequirement) -> LoadedMessage:
        return LoadedMessage(self, requirement)


class StoredFolder(MailboxData):
    """A folder of one account."""

    def __init__(self, store: Store, folder: Folder) -> None:
        super().__init__(None, None)
        # pymap would invent one anew at each start.
        self._mailbox_id = ObjectId(b"F%d" % folder.uidvalidity)
        self.id = folder.id
        self.store = store
        self._uid_validity = folder.uidvalidity
        self._max_uid = folder.uidnext - 1
        self._messages = {entry.uid: StoredMessage(self, entry) for entry in store.entries(folder.id)}
        self._mod_sequences.update(list(self._messages))
        self._header = lru_cache(maxsize=5000)(self._parse_header)

    def raw(self, uid: int) -> bytes:
        """The message's bytes, none where it is gone."""
        return self.store.content(self.id, uid) or b""

    def parsed(self, uid: int, whole: bool) -> MessageContent:
        """The message, or its header alone, as pymap reads it."""
        return MessageContent.parse(self.raw(uid)) if whole else self._header(uid)

    def _parse_header(self, uid: int) -> MessageContent:
        raw = self.raw(uid)
        end = re.search(rb"\r?\n\r?\n", raw)
        return MessageContent.parse(raw[: end.end()] if end else raw)

    def _insert(self, entry: Entry, recent: bool) -> StoredMessage:
        message = self._messages[entry.uid] = StoredMessage(self, entry, recent=recent)
        self._max_uid = entry.uid
        self._mod_sequences.update([entry.uid])
        self._updated.set()
        return message

    async def append(self, append_msg: AppendMessage, *, recent: bool = False) -> StoredMessage:
        flags = [bytes(flag).decode() for flag in append_msg.flag_set]
        arrived = append_msg.when or datetime.now(UTC)
        async with self.messages_lock.write_lock():
            entry = self.store.add(self.id, bytes(append_msg.literal), arrived, flags)
            return self._insert(entry, recent)

    async def copy(self, uid: int, destination: "StoredFolder", *, recent: bool = False) -> int | None:
        async with destination.messages_lock.write_lock():
            return self._copy(uid, destination, recent)

    def _copy(self, uid: int, destination: "StoredFolder", recent: bool) -> int | None:
        message = self._messages.get(uid)
        content = message and self.store.content(self.id, uid)
        if not content:
            return None
        entry = message.entry()
        copy = self.store.add(destination.id, content, entry.arrived, entry.flags)
        return destination._insert(copy, recent).uid

    async def move(self, uid: int, destination: "StoredFolder", *, recent: bool = False) -> int | None:
        async with destination.messages_lock.write_lock():
            with self.store:
                moved = self._copy(uid, destination, recent)
                self.store.remove(self.id, [uid])
        self._forget([uid])
        return moved

    async def get(self, uid: int, cached_msg: CachedMessage) -> StoredMessage:
        message = self._messages.get(uid)
        if message is None:
            message = StoredMessage(self, cached_msg.entry(), expunged=True)
        return message

    async def update(
        self, uid: int, cached_msg: CachedMessage, flag_set: frozenset[Flag], mode: FlagOp
    ) -> Message:
        message = await super().update(uid, cached_msg, flag_set, mode)
        self.store.set_flags(self.id, uid, message.entry().flags)
        return message

    async def delete(self, uids: Iterable[int]) -> None:
        gone = list(uids)
        self.store.remove(self.id, gone)
        self._forget(gone)

    def _forget(self, uids: Collection[int]) -> None:
        for uid in uids:
            self._messages.pop(uid, None)
        self._mod_sequences.expunge(uids)
        self._updated.set()


class StoredFolders(MailboxSet):
    """The folders of one account; an account always has an INBOX."""

    def __init__(self, store: Store, account: str) -> None:
        super().__init__()
        self._store, self._account = store, account
        known = store.folders(account)
        if not any(folder.name == INBOX for folder in known):
            known.append(store.add_folder(account, INBOX))
        self._set = {folder.name: StoredFolder(store, folder) for folder in known}
        self._inbox = self._set.pop(INBOX)
        self._subscribed = dict.fromkeys(self._set, True)

    async def add_mailbox(self, name: str) -> ObjectId:
        folder = StoredFolder(self._store, self._store.add_folder(self._account, name))
        self._set[name] = folder
        self._subscribed[name] = True
        return folder.mailbox_id

    async def delete_mailbox(self, name: str) -> None:
        self._store.remove_folder(self._set.pop(name).id)

    async def rename_mailbox(self, before: str, after: str) -> None:
        if before == INBOX:
            raise NotSupportedError()
        await super().rename_mailbox(before, after)
        with self._store:
            for name, folder in self._set.items():
                self._store.rename_folder(folder.id, name)
