"""IMAP over TLS: pymap's protocol with the sandbox's accounts and folders."""

import asyncio
import ssl
from argparse import Namespace
from contextlib import AsyncExitStack, asynccontextmanager, closing

from proxyprotocol.result import ProxyResultUnknown
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, Identity, Login, Session
from pymap.backend.dict.filter import FilterSet
from pymap.context import connection_exit
from pymap.exceptions import InvalidAuth
from pymap.imap import IMAPConnection
from pymap.imap.state import ConnectionState
from pymap.parsing.commands import Commands
from pymap.parsing.response import Response
from pymap.user import Passwords, UserMetadata
from pysasl import SASLAuth
from pysasl.creds.external import ExternalCredentials, ExternalVerificationRequired
from pysasl.hashing import Cleartext

from sandbox.accounts import Mailbox
from sandbox.mailserver.mailboxes import StoredFolders
from sandbox.mailserver.store import Store
from sandbox.mailserver.tokens import Tokens

#: RFC 6154 attributes, by the names that ``folders.STANDARD`` gives.
SPECIAL_USE = {"Drafts", "Sent", "Trash", "Junk", "Archive"}


class _Lines:
    """Collects what a response writes."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data) -> None:
        self.parts.append(bytes(data))

    async def drain(self) -> None:
        pass


class WholeLines(IMAPConnection):
    """Sends each response in one piece.

    pymap writes a response in many small pieces. A client that polls its socket while idling
    then sees half a line, and IMAPClient gives the connection up for broken.
    """

    async def write_response(self, resp: Response) -> None:
        lines = _Lines()
        await resp.async_write(lines)
        try:
            self.writer.write(b"".join(lines.parts))
            await self.writer.drain()
        except ConnectionError:
            pass


class SandboxSession(Session):
    """A session that marks the special folders in LIST (RFC 6154)."""

    async def list_mailboxes(self, ref_name, filter_, subscribed=False, selected=None):
        listed, selected = await super().list_mailboxes(ref_name, filter_, subscribed, selected)
        marked = [
            (name, delimiter, [*attributes, name.encode()] if name in SPECIAL_USE else attributes)
            for name, delimiter, attributes in listed
        ]
        return marked, selected


class SandboxIdentity(Identity):
    """An account whose folders come from the store."""

    @asynccontextmanager
    async def new_session(self):
        await self.get()
        yield SandboxSession(self.name, self.config, self.login.folders(self.name), FilterSet())


class SandboxLogin(Login):
    """Lets the sandbox's mailboxes in, by address (in any case) and password or access token."""

    def __init__(self, config: Config, store: Store, mailboxes: tuple[Mailbox, ...], tokens: Tokens) -> None:
        super().__init__(config)
        self._store, self._mailboxes, self._access = store, mailboxes, tokens
        self._folders: dict[str, StoredFolders] = {}

    async def prepare(self) -> None:
        """Make the accounts known, and load their folders."""
        for mailbox in self._mailboxes:
            password = await Passwords(self.config).hash_password(mailbox.password)
            self.users_dict[mailbox.address] = UserMetadata(self.config, mailbox.address, password=password)
            self.folders(mailbox.address)

    def folders(self, account: str) -> StoredFolders:
        if account not in self._folders:
            self._folders[account] = StoredFolders(self._store, account)
        return self._folders[account]

    def identity(self, account: str) -> SandboxIdentity:
        return SandboxIdentity(account, self, None, frozenset())

    async def authenticate(self, credentials):
        if isinstance(credentials, ExternalCredentials):
            return await self._by_token(credentials)
        authenticated = await super().authenticate(credentials)
        return self.identity(authenticated.name)

    async def _by_token(self, credentials: ExternalCredentials):
        user = credentials.authzid.lower()
        try:
            credentials.verify(None)
        except ExternalVerificationRequired as asked:
            if user in self.users_dict and await self._access.open(user, asked.token or ""):
                return self.identity(user)
        raise InvalidAuth

    async def authorize(self, authenticated, authzid):
        await super().authorize(authenticated, authzid)
        return self.identity(authzid)


class SandboxConfig(Config):
    """Also takes access tokens."""

    @property
    def tls_auth(self) -> SASLAuth:
        return SASLAuth.named([b"PLAIN", b"LOGIN", b"XOAUTH2"])


def configuration() -> Config:
    """pymap's settings: no STARTTLS, because the socket is encrypted from its first byte."""
    arguments = Namespace(
        host=None,
        port=None,
        cert=None,
        key=None,
        tls=False,
        proxy_protocol=None,
        inherited_sockets=None,
        demo_data=False,
        demo_user="",
        demo_password="",
        debug=False,
        passlib_cfg=None,
    )
    config = SandboxConfig.from_args(arguments, hash_context=Cleartext(), secure_auth=False)
    config.apply_context()
    return config


async def listen(login: SandboxLogin, port: int, context: ssl.SSLContext) -> asyncio.Server:
    """Serve IMAP on loopback. Raises OSError where the port is taken.

    Not pymap's own service: it leaves each connection's task to asyncio, which on Python 3.13
    may collect it while it runs.
    """
    commands, tasks = Commands(), set()

    async def serve(reader, writer):
        information = SocketInfo.get(writer, ProxyResultUnknown())
        connection = WholeLines(commands, login.config, reader, writer, information)
        async with AsyncExitStack() as stack:
            connection_exit.set(stack)
            stack.enter_context(closing(connection))
            await connection.run(ConnectionState(login, login.config))

    def accept(reader, writer):
        task = asyncio.ensure_future(serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    return await asyncio.start_server(accept, "127.0.0.1", port, ssl=context)
