"""A stand-in for Gmail's IMAP server, as far as reading goes.

    with Gmail(context) as gmail:
        msgid = gmail.box.add(raw, "\\\\Inbox", "Clients")      # in INBOX, Clients and All Mail
        gmail.imap, gmail.user, gmail.password
        gmail.downloads                                        # Counter: msgid → times its body was fetched

What is as at Gmail: labels are folders with UIDs of their own, X-GM-MSGID, X-GM-THRID and X-GM-LABELS
(without the label of the open folder), LIST-STATUS, CONDSTORE, no QRESYNC, "[Gmail]" that cannot be opened.
Whatever would change the mailbox is answered BAD and kept in ``refused``.
"""

import base64
import re
import select
import ssl
from collections import Counter

from imapclient.imap_utf7 import decode as decode_utf7

from escala_email_plugin.servers.credentials import Credentials
from escala_email_plugin.servers.imap import ImapSession, Server

from . import gmail_fetch
from .gmail_box import Box, Shown
from .gmail_grammar import Numbers, test, tokens, wire
from .hostile import Hostile, Peer

BEFORE = "IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 SASL-IR AUTH=PLAIN"
AFTER = (
    "IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 UIDPLUS ENABLE MOVE CONDSTORE"
    " ESEARCH LIST-EXTENDED LIST-STATUS LITERAL- SPECIAL-USE APPENDLIMIT=35651584"
)


class Gmail(Hostile):
    """A running server, as a context manager. One account; ``options`` as for ``Box``."""

    user, password = "ann@gmail.test", "abcd efgh ijkl mnop"

    def __init__(self, context: ssl.SSLContext, **options) -> None:
        super().__init__(lambda peer: Talk(self, peer).run(), context)
        self.box = Box(**options)
        self.downloads: Counter[int] = Counter()
        self.bytes_downloaded = 0
        self.commands: Counter[str] = Counter()
        self.refused: list[str] = []
        #: Says this to every command after the login, where it is set: "NO [OVERQUOTA] …".
        self.refusal = ""

    @property
    def imap(self) -> Server:
        return Server("localhost", self.port, "tls")

    def session(self, deadline: float = 10.0) -> ImapSession:
        """A session not opened yet."""
        return ImapSession(self.imap, Credentials(self.user, self.password), deadline=deadline)


class Talk:
    """One connection."""

    def __init__(self, gmail: Gmail, peer: Peer) -> None:
        self.gmail, self.box, self.peer = gmail, gmail.box, peer
        self.known = False
        self.folder: Shown | None = None
        self.seen: list[int] = []  # the UIDs by sequence number, as far as the client was told

    def run(self) -> None:
        self.peer.send("* OK Gimap ready for requests from 127.0.0.1")
        while True:
            tag, name, arguments = self._command()
            self.gmail.commands[name] += 1
            if name == "LOGOUT":
                self.peer.send("* BYE LOGOUT Requested", f"{tag} OK 73 good day (Success)")
                return
            with self.box.lock:
                result = self._answer(name, arguments)
            self.peer.send(f"{tag} {result}")

    def _command(self) -> tuple[str, str, list]:
        data = b""
        while True:
            line = self.peer.line()
            data += line.encode("latin-1") + b"\r\n"
            literal = re.search(rb"\{(\d+)(\+?)\}\r\n\Z", data)
            if not literal:
                break
            if not literal[2]:
                self.peer.send("+ go ahead")
            data += self.peer.read(int(literal[1]))
        tag, name, *arguments = tokens(data)
        name = name.decode().upper()
        if name == "UID":
            name = "UID " + arguments.pop(0).decode().upper()
        return tag.decode(), name, arguments

    def _answer(self, name: str, arguments: list) -> str:
        anybody = {"CAPABILITY", "LOGIN", "AUTHENTICATE", "NOOP", "ID"}
        method = getattr(self, "_do_" + name.lower().replace(" ", "_"), None)
        if method is None or not (self.known or name in anybody):
            self.gmail.refused.append(name)
            return "BAD Unknown command"
        if self.known and self.gmail.refusal:
            return self.gmail.refusal
        if self.folder is not None and name != "FETCH":
            self._tell_changes()
        return method(*arguments) or "OK Success"

    # Who is there

    def _do_capability(self) -> None:
        self.peer.send(f"* CAPABILITY {AFTER if self.known else BEFORE}")

    def _do_login(self, user: bytes, password: bytes) -> str:
        return self._log_in(user.decode(), password.decode())

    def _do_authenticate(self, method: bytes, response: bytes | None = None) -> str:
        if response is None:
            self.peer.send("+ ")
            response = self.peer.line().encode()
        _id, user, password = base64.b64decode(response).decode().split("\0")
        return self._log_in(user, password)

    def _log_in(self, user: str, password: str) -> str:
        if (user, password) != (self.gmail.user, self.gmail.password):
            return "NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)"
        self.known = True
        self.peer.send(f"* CAPABILITY {AFTER}")
        return f"OK {user} authenticated (Success)"

    def _do_noop(self) -> None:
        pass

    def _do_id(self, *_arguments) -> None:
        self.peer.send('* ID ("name" "GImap" "vendor" "Google, Inc.")')

    def _do_enable(self, *_extensions) -> None:
        self.peer.send("* ENABLED")

    def _do_idle(self) -> None:
        self.peer.send("+ idling")
        said = []
        while not said:
            self.box.lock.release()  # so that somebody can change something
            said = select.select([self.peer.sock], [], [], 0.02)[0]
            self.box.lock.acquire()
            if self.folder is not None:
                self._tell_changes()
        self.peer.line()

    # Folders

    def _do_list(self, _reference: bytes, pattern: bytes, *options) -> None:
        returned = options[1] if len(options) > 1 else []
        numbers = returned[returned.index(b"STATUS") + 1] if b"STATUS" in returned else []
        wanted = decode_utf7(pattern)
        parts = re.escape(wanted).replace(r"\*", ".*").replace("%", "[^/]*")
        if wanted in ("*", "%", "[Gmail]"):
            self.peer.send('* LIST (\\HasChildren \\NonExistent \\NoSelect) "/" "[Gmail]"')
        for name, folder in sorted(self.box.folders.items()):
            if re.fullmatch(parts, name):
                flags = " ".join(["\\HasNoChildren", *folder.flags.split()])
                self.peer.send(f'* LIST ({flags}) "/" {wire(name)}')
                if numbers:
                    self._tellNumbers(name, numbers)

    def _do_status(self, name: bytes, items: list) -> str | None:
        if decode_utf7(name) not in self.box.folders:
            return f"NO [NONEXISTENT] Unknown Mailbox: {name.decode()} (Failure)"
        self._tellNumbers(decode_utf7(name), items)

    def _tellNumbers(self, name: str, items: list) -> None:
        folder = self.box.folders[name]
        told = {
            b"MESSAGES": len(folder.mails),
            b"UIDNEXT": folder.uidnext,
            b"UIDVALIDITY": folder.uidvalidity,
            b"HIGHESTMODSEQ": self.box.modseq,
        }
        numbers = " ".join(f"{item.decode()} {told[item]}" for item in items)
        self.peer.send(f"* STATUS {wire(name)} ({numbers})")

    def _do_examine(self, name: bytes) -> str | None:
        self.folder = self.box.folders.get("INBOX" if name.upper() == b"INBOX" else decode_utf7(name))
        if self.folder is None:
            return f"NO [NONEXISTENT] Unknown Mailbox: {name.decode()} (Failure)"
        self.seen = sorted(self.folder.mails)
        self.peer.send(
            "* FLAGS (\\Answered \\Flagged \\Draft \\Deleted \\Seen)",
            "* OK [PERMANENTFLAGS ()] Flags permitted.",
            f"* OK [UIDVALIDITY {self.folder.uidvalidity}] UIDs valid.",
            f"* {len(self.seen)} EXISTS",
            "* 0 RECENT",
            f"* OK [UIDNEXT {self.folder.uidnext}] Predicted next UID.",
            f"* OK [HIGHESTMODSEQ {self.box.modseq}]",
        )
        return "OK [READ-ONLY] selected. (Success)"

    def _do_unselect(self) -> None:
        self.folder = None

    def _tell_changes(self) -> None:
        for number, uid in reversed(list(enumerate(self.seen, 1))):
            if uid not in self.folder.mails:
                self.peer.send(f"* {number} EXPUNGE")
                self.seen.remove(uid)
        new = sorted(self.folder.mails.keys() - set(self.seen))
        if new:
            self.seen += new
            self.peer.send(f"* {len(self.seen)} EXISTS")

    # Messages

    def _do_uid_search(self, *criteria) -> str | None:
        keys = list(criteria)
        if keys[:1] == [b"CHARSET"]:
            del keys[:2]
        tests = []
        while keys:
            tests.append(test(keys))
        found = [uid for uid in self.seen if all(test(uid, self.folder.mails[uid]) for test in tests)]
        self.peer.send(" ".join(["* SEARCH", *map(str, found)]))

    def _do_fetch(self, numbers: bytes, items) -> str | None:
        wanted = Numbers(numbers)
        if wanted.highest > len(self.seen):
            return "BAD Could not parse command"
        for number, uid in enumerate(self.seen, 1):
            if number in wanted:
                self._tell(uid, items)

    def _do_uid_fetch(self, uids: bytes, items) -> None:
        wanted = Numbers(uids)
        for uid in self.seen:
            if uid in wanted:
                self._tell(uid, items)

    def _tell(self, uid: int, items: list | bytes) -> None:
        mail = self.folder.mails.get(uid)
        if mail is None:
            return
        parts = []
        for item in items if isinstance(items, list) else [items]:
            part = gmail_fetch.item(item.decode(), uid, mail, self.folder.label, self.box.modseq)
            parts.append(part.text)
            if part.marks:
                self.gmail.refused.append(item.decode())
            if part.begins:
                self.gmail.downloads[mail.msgid] += 1
            self.gmail.bytes_downloaded += part.downloaded
        # Gmail's own come first, the UID after them.
        parts.sort(key=lambda part: (part[:4] != b"X-GM", part[:3] != b"UID", part[:4] == b"BODY"))
        self.peer.raw(b"* %d FETCH (%b)\r\n" % (self.seen.index(uid) + 1, b" ".join(parts)))
