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
import os
import pwd
import shutil
import signal
import smtplib
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aiosmtpd.controller import Controller
from imapclient.imap_utf7 import encode as encode_utf7

from .certificates import HERE, Authority

HOST = "127.0.0.1"
CONFIGURATION = (Path(__file__).parent / "dovecot.conf").read_text()


@dataclass(frozen=True)
class Sent:
    """A message that was submitted."""

    sender: str
    recipients: list[str]
    raw: bytes


class Dovecot:
    """A Dovecot of one's own, as a context manager. Raises RuntimeError where it is not installed.

    ``users``: user name → password. ``hosts`` and ``expired`` shape the certificate; ``strict=False``
    signs it by an authority Python 3.13 does not take; ``extra`` is further configuration.
    """

    def __init__(
        self,
        users: dict[str, str],
        *,
        hosts: tuple[str, ...] = HERE,
        expired: bool = False,
        strict: bool = True,
        extra: str = "",
    ) -> None:
        self.users = dict(users)
        self.host = HOST
        #: Everything submitted, in order.
        self.sent: list[Sent] = []
        self._certificate = {"hosts": hosts, "expired": expired}
        self._strict = strict
        self._extra = extra
        self._open = contextlib.ExitStack()
        self._appenders: dict[str, imaplib.IMAP4] = {}

    def __enter__(self) -> "Dovecot":
        binary = shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
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

    def maildir(self, user: str) -> Path:
        """The folder that holds the user's mail on disk."""
        return self.folder / "home" / user / "Maildir"

    @contextlib.contextmanager
    def down(self) -> Iterator[None]:
        """While it lasts the server is stopped; afterwards it is back on its ports, with all its mail."""
        self._stop()
        self._appenders.clear()
        yield
        self._run(*self._started_by, self._open)
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
        # In /tmp and short: the name of a Unix socket has at most 108 bytes.
        self.folder = Path(tempfile.mkdtemp(prefix="dove", dir="/tmp"))
        stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        for name in ("run", "state", "home", "users"):
            (self.folder / name).mkdir()
        authority = Authority(self.folder, strict=self._strict)
        self.ca = str(authority.ca)
        authority.issue(**self._certificate)
        for user, password in self.users.items():
            self.add_user(user, password)
        ports = _free_ports(6)
        self.imap, self.imaps, self.submission, self.submissions, self.lmtp, relay = ports
        configuration = self.folder / "dovecot.conf"
        configuration.write_text(self._configuration(owner, relay))
        sink = Controller(self, hostname=self.host, port=relay, enable_SMTPUTF8=True, data_size_limit=2**27)
        sink.start()
        stack.callback(sink.stop)
        self._started_by = binary, configuration, owner
        self._run(*self._started_by, stack)
        self._wait()

    def _configuration(self, owner: pwd.struct_passwd, relay: int) -> str:
        values = {
            "dir": self.folder,
            "host": self.host,
            "user": owner.pw_name,
            "group": grp.getgrgid(owner.pw_gid).gr_name,
            "uid": owner.pw_uid,
            "gid": owner.pw_gid,
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

    def _run(
        self, binary: str, configuration: Path, owner: pwd.struct_passwd, stack: contextlib.ExitStack
    ) -> None:
        as_owner = {}
        if os.getuid() == 0:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, owner.pw_uid, owner.pw_gid)
            as_owner = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        output = stack.enter_context((self.folder / "output").open("w"))
        self._process = subprocess.Popen(
            [binary, "-F", "-c", str(configuration)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **as_owner,
        )
        stack.callback(self._stop)

    def _stop(self) -> None:
        for client in self._appenders.values():
            with contextlib.suppress(Exception):
                client.shutdown()
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
        # Its processes go on for seconds where a client is connected.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

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


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        socks = [stack.enter_context(socket.socket()) for _ in range(count)]
        for sock in socks:
            sock.bind((HOST, 0))
        return [sock.getsockname()[1] for sock in socks]
