"""pytest fixtures: a Dovecot for the whole run, a mailbox of one's own in it, hostile servers."""

import imaplib
import itertools
import os
import time
from dataclasses import dataclass
from datetime import datetime

import pytest

from escala_email_plugin.servers import pool
from escala_email_plugin.servers.credentials import Credentials
from escala_email_plugin.servers.imap import ImapSession, Server

from .certificates import Authority
from .dovecot import Dovecot
from .gmail import Gmail
from .hostile import Hostile

_numbers = itertools.count(1)

#: What a scripted server says when a folder is opened.
EXAMINED = ("* 3 EXISTS", "* OK [UIDVALIDITY 7] valid", "* OK [UIDNEXT 9] next")


@dataclass
class Mailbox:
    """A user of the Dovecot, whom no other test knows."""

    dovecot: Dovecot
    user: str
    password: str

    @property
    def imap(self) -> Server:
        return Server("localhost", self.dovecot.imaps, "tls")

    @property
    def smtp(self) -> Server:
        return Server("localhost", self.dovecot.submissions, "tls")

    def append(
        self, raw: bytes, folder: str = "INBOX", flags: tuple[str, ...] = (), when: datetime | None = None
    ) -> int:
        """Put a message into a folder; returns its UID."""
        return self.dovecot.append(self.user, folder, raw, flags, when)

    def files(self) -> list[tuple[str, bytes]]:
        """Every message as it lies on the server's disk: its folder, its name with its flags, its bytes."""
        home = self.dovecot.maildir(self.user)
        places = (path for path in home.rglob("*") if path.parent.name in ("cur", "new") and path.is_file())
        return sorted((str(path.relative_to(home)), path.read_bytes()) for path in places)

    def expunge(self, *uids: int, folder: str = "INBOX") -> None:
        """Delete messages for ever, as another mail program would."""
        other = self.dovecot.client(self.user)
        other.select(f'"{folder}"')
        other.uid("STORE", ",".join(map(str, uids)), "+FLAGS", "(\\Deleted)")
        other.expunge()
        other.logout()

    def change_password(self, password: str) -> None:
        """At the server; no connection is left that was opened with the former one."""
        self.dovecot.hang_up(self.user)
        self.dovecot.add_user(self.user, password)
        self.password = password
        # Dovecot looks at the file's time and size once a second; the former may be of this second.
        later = time.time() + 5
        os.utime(self.dovecot.folder / "users" / self.user, (later, later))
        until = time.monotonic() + 20
        while not self._is_let_in():
            assert time.monotonic() < until, "Dovecot does not take the new password."
            time.sleep(0.1)
        pool.clear()

    def _is_let_in(self) -> bool:
        try:
            self.dovecot.client(self.user).logout()
        except imaplib.IMAP4.error:
            return False
        return True

    def session(self, deadline: float = 10.0) -> ImapSession:
        """A session not opened yet."""
        return ImapSession(self.imap, Credentials(self.user, self.password), deadline=deadline)


@pytest.fixture(scope="session")
def dovecot():
    """A Dovecot for the whole run. Where it is missing, its tests fail: they are not skipped."""
    with Dovecot(users={}) as server:
        yield server


@pytest.fixture
def trusting(settings):
    """trusting(file): from now on the site trusts the authority in this PEM file."""

    def trust(ca) -> None:
        settings.ESCALA_EMAIL = {**getattr(settings, "ESCALA_EMAIL", {}), "CA_FILE": str(ca)}

    return trust


@pytest.fixture(autouse=True)
def no_idle_connections():
    """Nobody goes on with a connection that an earlier test opened."""
    yield
    pool.clear()


@pytest.fixture
def mailbox(dovecot, trusting):
    """A fresh, empty mailbox, whose server the site trusts."""
    trusting(dovecot.ca)
    user = f"user{next(_numbers)}@example.test"
    dovecot.add_user(user, "correct horse")
    yield Mailbox(dovecot, user, dovecot.users[user])
    dovecot.hang_up(user)


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    """A certificate authority for hostile servers."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def good_context(authority):
    """TLS with a good certificate for localhost."""
    return authority.server_context()


@pytest.fixture
def hostile(authority, good_context, trusting):
    """hostile(script, tls=True): a running scripted server, inside trusted TLS unless told otherwise."""
    trusting(authority.ca)
    running = []

    def start(script, tls: bool = True) -> Hostile:
        server = Hostile(script, good_context if tls else None)
        running.append(server)
        return server.__enter__()

    yield start
    for server in running:
        server.__exit__(None, None, None)


@pytest.fixture
def gmail(authority, good_context, trusting):
    """A stand-in for Gmail with one empty account, whose server the site trusts."""
    trusting(authority.ca)
    with Gmail(good_context) as server:
        yield server


@pytest.fixture
def opened(hostile):
    """opened(script): a logged-in session whose next commands ``script(peer)`` answers.

    ``session.server_lines`` is what it sent. ``capabilities``: further ones.
    """
    sessions = []

    def start(script, capabilities=""):
        def whole(peer):
            peer.greet(f"IMAP4rev1 AUTH=PLAIN {capabilities}".strip())
            script(peer)
            peer.wait()

        server = hostile(whole)
        session = ImapSession(Server("localhost", server.port, "tls"), Credentials("ann", "pw"), deadline=3)
        session.server_lines = server.lines
        sessions.append(session)
        return session.__enter__()

    yield start
    for session in sessions:
        session.close()


@pytest.fixture
def fetching(opened):
    """fetching(*packets): a session with a folder open, whose FETCH is answered by these bytes."""

    def start(*packets):
        def script(peer):
            peer.answer("EXAMINE", *EXAMINED)
            tag, _command = peer.command()
            for packet in packets:
                peer.raw(packet)
            peer.send(f"{tag} OK done")

        session = opened(script)
        session.examine("INBOX")
        return session

    return start
