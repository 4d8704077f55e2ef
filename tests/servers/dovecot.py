"""A private Dovecot on loopback: IMAP, IMAPS, submission, submissions and LMTP, in one temporary folder.

    with Dovecot(users={"ann@example.test": "secret"}) as dovecot:
        dovecot.imap, dovecot.imaps, dovecot.submission, dovecot.submissions, dovecot.lmtp   # ports
        dovecot.ca                         # the PEM file clients must trust
        dovecot.append("ann@example.test", "INBOX", raw)
        dovecot.sent                       # what was submitted

Needs Debian's dovecot-imapd, dovecot-submissiond and dovecot-lmtpd; no root, no system users, no
/etc/dovecot. Started by root it runs as ``nobody``, because Dovecot serves no mail as uid 0.
"""

import contextlib
import grp
import imaplib
import shutil
import smtplib
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aiosmtpd.controller import Controller
from imapclient.imap_utf7 import encode as encode_utf7

from .certificates import HERE, Authority
from .private import HOST, PATH, as_owner, free_ports, owner, run, scratch, stop

CONFIGURATION = (Path(__file__).parent / "dovecot.conf").read_text()

TOKENS = """
auth_mechanisms = plain login xoauth2
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {dir}/oauth2.conf
}}
"""
OAUTH2 = """
introspection_mode = post
introspection_url = {url}
username_attribute = email
active_attribute = active
active_value = true
"""


@dataclass(frozen=True)
class Sent:
    """A message that was submitted."""

    sender: str
    recipients: list[str]
    raw: bytes


class Dovecot:
    """A Dovecot of one's own, as a context manager. Raises RuntimeError where it is not installed.

    ``users``: user name → password. ``hosts`` and ``expired`` shape the certificate; ``strict=False``
    signs it by an authority Python 3.13 does not take; ``extra`` is further configuration. ``introspection``:
    the URL (RFC 7662) that is asked about access tokens, which then log in by XOAUTH2.
    """

    def __init__(
        self,
        users: dict[str, str],
        *,
        hosts: tuple[str, ...] = HERE,
        expired: bool = False,
        strict: bool = True,
        extra: str = "",
        introspection: str = "",
    ) -> None:
        self.users = dict(users)
        self.host = HOST
        #: Everything submitted, in order.
        self.sent: list[Sent] = []
        self._certificate = {"hosts": hosts, "expired": expired}
        self._strict = strict
        self._extra = extra
        self._introspection = introspection
        self._open = contextlib.ExitStack()
        self._appenders: dict[str, imaplib.IMAP4] = {}

    def __enter__(self) -> "Dovecot":
        binary = shutil.which("dovecot", path=PATH)
        if not binary:
            raise RuntimeError(
                "Dovecot is not installed: apt-get install dovecot-imapd dovecot-submissiond dovecot-lmtpd"
            )
        with contextlib.ExitStack() as stack:
            self._start(binary, stack)
            self._open = stack.pop_all()
        return self

    def __exit__(self, *exc_info) -> None:
        self._open.close()
        self._appenders.clear()

    def add_user(self, user: str, password: str) -> None:
        """A new user, who may log in at once."""
        self.users[user] = password
        # One file a user: Dovecot notices a changed file only after a second, a new one at once.
        (self.folder / "users" / user).write_text(f"{user}:{{PLAIN}}{password}\n", encoding="utf-8")

    def append(
        self,
        user: str,
        folder: str,
        raw: bytes,
        flags: tuple[str, ...] = (),
        when: datetime | None = None,
    ) -> int:
        """Put a message into a folder, made where it is missing; ``when`` (aware) is its INTERNALDATE.
        Returns its UID.
        """
        client = self._appender(user)
        name = _quoted(folder)
        stamp = imaplib.Time2Internaldate(when) if when else None
        for attempt in ("append", "create and append"):
            if attempt != "append":
                client.create(name)
            typ, data = client.append(name, " ".join(flags), stamp, raw)
            if typ == "OK":
                return int(data[-1].split(b"]")[0].split()[-1])
        raise RuntimeError(f"Dovecot refused the message: {data!r}")

    def hang_up(self, user: str) -> None:
        """Close the connection that ``append`` keeps: inside TLS, each holds a process of the server."""
        if client := self._appenders.pop(user, None):
            with contextlib.suppress(Exception):
                client.shutdown()

    def deliver(self, recipients: list[str], raw: bytes, sender: str = "") -> None:
        """Deliver as a mail server would, by LMTP."""
        with smtplib.LMTP(self.host, self.lmtp) as lmtp:
            lmtp.sendmail(sender, recipients, raw)

    def client(self, user: str) -> imaplib.IMAP4:
        """A logged-in imaplib connection, to look at or change a mailbox behind the product's back."""
        context = ssl._create_unverified_context()  # expired ones are wanted too
        client = imaplib.IMAP4_SSL(self.host, self.imaps, ssl_context=context)
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.authenticate("PLAIN", lambda _: f"\0{user}\0{self.users[user]}".encode())
        return client

    def administer(self, *arguments: str) -> None:
        """Run a command of doveadm's."""
        binary = shutil.which("doveadm", path=PATH)
        command = [binary, "-c", str(self.folder / "dovecot.conf"), *arguments]
        subprocess.run(command, check=True, capture_output=True, **as_owner(self.folder / "run"))

    def maildir(self, user: str) -> Path:
        """The folder that holds the user's mail on disk."""
        return self.folder / "home" / user / "Maildir"

    @contextlib.contextmanager
    def down(self) -> Iterator[None]:
        """While it lasts the server is stopped; afterwards it is back on its ports, with all its mail."""
        self._hang_up()
        stop(self._process)
        self._appenders.clear()
        yield
        self._process = run(self._open, self._command, self.folder)
        self._wait()

    def logs(self) -> str:
        """What Dovecot has to say."""
        files = (self.folder / "output", self.folder / "dovecot.log")
        return "".join(file.read_text(errors="replace") for file in files if file.exists())

    # aiosmtpd's hook: what the submission service relays.
    async def handle_DATA(self, server, session, envelope) -> str:
        self.sent.append(Sent(envelope.mail_from, list(envelope.rcpt_tos), envelope.original_content))
        return "250 2.0.0 OK"

    def _start(self, binary: str, stack: contextlib.ExitStack) -> None:
        self.folder = scratch(stack, "dove")
        for name in ("run", "state", "home", "users"):
            (self.folder / name).mkdir()
        authority = Authority(self.folder, strict=self._strict)
        self.ca = str(authority.ca)
        authority.issue(**self._certificate)
        for user, password in self.users.items():
            self.add_user(user, password)
        ports = free_ports(6)
        self.imap, self.imaps, self.submission, self.submissions, self.lmtp, relay = ports
        if self._introspection:
            (self.folder / "oauth2.conf").write_text(OAUTH2.format(url=self._introspection))
            self._extra += TOKENS.format(dir=self.folder)
        configuration = self.folder / "dovecot.conf"
        configuration.write_text(self._configuration(relay))
        sink = Controller(self, hostname=self.host, port=relay, enable_SMTPUTF8=True, data_size_limit=2**27)
        sink.start()
        stack.callback(sink.stop)
        self._command = [binary, "-F", "-c", str(configuration)]
        self._process = run(stack, self._command, self.folder)
        stack.callback(self._hang_up)
        self._wait()

    def _configuration(self, relay: int) -> str:
        account = owner()
        values = {
            "dir": self.folder,
            "host": self.host,
            "user": account.pw_name,
            "group": grp.getgrgid(account.pw_gid).gr_name,
            "uid": account.pw_uid,
            "gid": account.pw_gid,
            "imap": self.imap,
            "imaps": self.imaps,
            "submission": self.submission,
            "submissions": self.submissions,
            "lmtp": self.lmtp,
            "relay": relay,
            "extra": self._extra,
        }
        text = CONFIGURATION
        for key, value in values.items():
            text = text.replace(f"@{key}@", str(value))
        return text

    def _hang_up(self) -> None:
        for client in self._appenders.values():
            with contextlib.suppress(Exception):
                client.shutdown()

    def _wait(self) -> None:
        end = time.monotonic() + 15
        for port in (self.imap, self.submission, self.lmtp):
            while not self._greets(port):
                if self._process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError("Dovecot did not start: " + self.logs())
                time.sleep(0.02)

    def _greets(self, port: int) -> bool:
        try:
            with socket.create_connection((self.host, port), 1) as sock:
                return bool(sock.recv(64))
        except OSError:
            return False

    def _appender(self, user: str) -> imaplib.IMAP4:
        if user not in self._appenders:
            self._appenders[user] = self.client(user)
        return self._appenders[user]


def _quoted(folder: str) -> bytes:
    return b'"' + encode_utf7(folder).replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
