"""A Gmail mailbox in memory: every message once, its labels shown as folders, All Mail holding nearly all."""

import threading
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes

from tests.making import DAY

# Label → the folder that shows it, and its attributes (RFC 6154; Gmail's IMAP extensions).
SYSTEM = {
    "\\Inbox": ("INBOX", ""),
    "\\All": ("[Gmail]/All Mail", "\\All"),
    "\\Draft": ("[Gmail]/Drafts", "\\Drafts"),
    "\\Important": ("[Gmail]/Important", "\\Important"),
    "\\Sent": ("[Gmail]/Sent Mail", "\\Sent"),
    "\\Spam": ("[Gmail]/Spam", "\\Junk"),
    "\\Starred": ("[Gmail]/Starred", "\\Flagged"),
    "\\Trash": ("[Gmail]/Trash", "\\Trash"),
}
SPANISH = {
    "\\All": "[Gmail]/Todos",
    "\\Draft": "[Gmail]/Borradores",
    "\\Important": "[Gmail]/Importantes",
    "\\Sent": "[Gmail]/Enviados",
    "\\Spam": "[Gmail]/Spam",
    "\\Starred": "[Gmail]/Destacados",
    "\\Trash": "[Gmail]/Papelera",
}


@dataclass(eq=False)
class Mail:
    """A message; ``labels`` as X-GM-LABELS calls them."""

    msgid: int
    thrid: int
    raw: bytes
    when: datetime
    labels: set[str]

    @property
    def fields(self) -> list[tuple[str, str]]:
        return [(name.lower(), str(value)) for name, value in message_from_bytes(self.raw).items()]


@dataclass(eq=False)
class Shown:
    """A folder: what it shows under which UID."""

    label: str
    flags: str
    uidvalidity: int
    uidnext: int = 1
    mails: dict[int, Mail] = field(default_factory=dict)


class Box:
    """``names``: system label → folder name, where it is not English. ``hidden``: system labels that are not
    shown by IMAP (a user's choice, also for All Mail).
    """

    def __init__(self, names: dict[str, str] | None = None, hidden: tuple[str, ...] = ()) -> None:
        self.lock = threading.RLock()
        self.folders: dict[str, Shown] = {}
        self.mails: dict[int, Mail] = {}
        self.modseq = 1000
        self._names = {label: (names or {}).get(label, name) for label, (name, _flags) in SYSTEM.items()}
        for label, (_name, flags) in SYSTEM.items():
            if label not in hidden:
                self._show(label, flags)

    def add(self, raw: bytes, *labels: str, when: datetime = DAY) -> int:
        """A new message; returns its X-GM-MSGID. Labels: "\\\\Inbox", "\\\\Sent", "Clients/Acme" …; a reply
        joins the thread of what it answers.
        """
        with self.lock:
            msgid = 1_700_000_000_000_000_000 + len(self.mails)
            mail = Mail(msgid, msgid, raw, when, set(labels))
            mail.thrid = self._thread(mail)
            self.mails[msgid] = mail
            self._settle(mail)
            return msgid

    def label(self, msgid: int, *labels: str) -> None:
        """Give a message labels; "\\\\Trash" and "\\\\Spam" take it out of every other folder."""
        with self.lock:
            self.mails[msgid].labels.update(labels)
            self._settle(self.mails[msgid])

    def unlabel(self, msgid: int, *labels: str) -> None:
        """Take labels away."""
        with self.lock:
            self.mails[msgid].labels.difference_update(labels)
            self._settle(self.mails[msgid])

    def delete(self, msgid: int) -> None:
        """Delete a message for ever."""
        with self.lock:
            for folder in self.folders.values():
                self._put(folder, self.mails[msgid], False)
            del self.mails[msgid]

    def create(self, label: str) -> None:
        """A label that no message has yet."""
        with self.lock:
            self._show(label, "")

    def renumber(self, folder: str) -> None:
        """Another UIDVALIDITY, and other UIDs."""
        with self.lock:
            shown = self.folders[folder]
            shown.uidvalidity += 1
            shown.mails = dict(enumerate(shown.mails.values(), 101))
            shown.uidnext = 101 + len(shown.mails)

    def uid(self, folder: str, msgid: int) -> int | None:
        """Under which UID a folder shows a message; None where it does not."""
        mails = self.folders[folder].mails
        return next((uid for uid, mail in mails.items() if mail.msgid == msgid), None)

    def name(self, label: str) -> str:
        """The folder that shows a label."""
        return self._names.get(label, label)

    def _show(self, label: str, flags: str) -> None:
        self.folders.setdefault(self.name(label), Shown(label, flags, 600 + len(self.folders)))

    def _settle(self, mail: Mail) -> None:
        for label in mail.labels - SYSTEM.keys():
            self._show(label, "")
        for folder in self.folders.values():
            self._put(folder, mail, folder.label in self._shown(mail))

    def _shown(self, mail: Mail) -> set[str]:
        for apart in ("\\Trash", "\\Spam"):
            if apart in mail.labels:
                return {apart}
        return mail.labels | {"\\All"}

    def _put(self, folder: Shown, mail: Mail, wanted: bool) -> None:
        uid = next((uid for uid, held in folder.mails.items() if held is mail), None)
        if wanted == (uid is not None):
            return
        self.modseq += 1
        if wanted:
            folder.mails[folder.uidnext] = mail
            folder.uidnext += 1
        else:
            del folder.mails[uid]

    def _thread(self, mail: Mail) -> int:
        fields = dict(mail.fields)
        known = f"{fields.get('references', '')} {fields.get('in-reply-to', '')}".split()
        for other in self.mails.values():
            if dict(other.fields).get("message-id") in known:
                return other.thrid
        return mail.msgid
