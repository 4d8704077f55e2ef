"""Mail submission over TLS: what is sent is delivered into the sandbox's own mailboxes."""

import asyncio
import logging
import ssl
import warnings
from base64 import b64decode
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime

from aiosmtpd.smtp import SMTP, AuthResult, Envelope
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import ExtensionOptions

from sandbox.accounts import DOMAIN, Mailbox
from sandbox.mailserver.bounce import bounce
from sandbox.mailserver.imap import SandboxLogin
from sandbox.mailserver.mailboxes import INBOX
from sandbox.mailserver.tokens import Tokens, read

MOST_BYTES = 50 * 2**20

#: No mail ever gets to this top-level domain (RFC 2606): a bounce on order.
UNDELIVERABLE = ".invalid"


class PostOffice:
    """Takes submitted mail and delivers it.

    The broker's own addresses receive it, with or without a plus-tag; its unknown ones, and those that
    end in ``.invalid``, come back as a delivery report. All other domains are the ``outside`` mailbox.
    """

    def __init__(
        self, login: SandboxLogin, mailboxes: Iterable[Mailbox], outside: Mailbox, tokens: Tokens
    ) -> None:
        self._login, self._tokens = login, tokens
        self._passwords = {mailbox.address: mailbox.password for mailbox in mailboxes}
        self._outside = outside.address

    def authenticate(self, server, session, envelope, mechanism, data) -> AuthResult:
        """aiosmtpd's authenticator for LOGIN and PLAIN."""
        user = data.login.decode(errors="replace").lower()
        known = self._passwords.get(user)
        success = known == data.password.decode(errors="replace")
        # Not “handled”: aiosmtpd then answers a refusal itself, with 535.
        return AuthResult(success=success, handled=False, auth_data=user)

    async def auth_XOAUTH2(self, server, args: list) -> AuthResult:
        """aiosmtpd's hook: an access token; one that is refused is told why, as Google does."""
        sent = b64decode(args[1]) if len(args) > 1 else await server.challenge_auth("")
        user, token = read(sent if isinstance(sent, bytes) else b"")
        success = user.lower() in self._passwords and await self._tokens.open(user, token)
        if not success:
            await server.challenge_auth('{"status":"401","schemes":"Bearer"}')
        return AuthResult(success=success, handled=False, auth_data=user.lower())

    def recipient(self, address: str) -> str | None:
        """The account that gets what is sent to ``address``; None where it bounces."""
        domain = address.lower().rpartition("@")[2]
        if domain != DOMAIN:
            return None if domain.endswith(UNDELIVERABLE) else self._outside
        account = untagged(address)
        return account if account in self._passwords else None

    async def handle_MAIL(self, server, session, envelope: Envelope, address: str, options: list) -> str:
        """aiosmtpd's hook: take nobody's address but the user's own, as providers do (RFC 6409 6.1).

        Not the null sender either: the sandbox delivers its own reports without this door.
        """
        if untagged(address) != session.auth_data:
            return "550 5.7.1 This is not your address"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_DATA(self, server, session, envelope: Envelope) -> str:
        """aiosmtpd's hook: deliver, bounce, and answer."""
        now = datetime.now(UTC)
        trace = (
            f"Return-Path: <{envelope.mail_from}>\r\n"
            f"Received: from {session.host_name} by mail.{DOMAIN} with ESMTPSA; {format_datetime(now)}\r\n"
        ).encode(errors="replace")
        delivered: dict[str, list[str]] = {}
        for address in envelope.rcpt_tos:
            account = self.recipient(address)
            if account is None:
                await self._return(envelope, address, now)
            else:
                delivered.setdefault(account, []).append(address)
        for account, addresses in delivered.items():
            await self.deliver(account, _delivered_to(addresses) + trace + envelope.original_content, now)
        return "250 2.0.0 OK"

    async def _return(self, envelope: Envelope, address: str, now: datetime) -> None:
        sender = envelope.mail_from and self.recipient(envelope.mail_from)
        if sender and sender != self._outside:
            report = bounce(envelope.original_content, envelope.mail_from, address, f"mail.{DOMAIN}", now)
            await self.deliver(sender, b"Return-Path: <>\r\n" + report, now)

    async def deliver(self, account: str, content: bytes, when: datetime) -> None:
        """Put a message into the account's INBOX."""
        async with self._login.identity(account).new_session() as session:
            message = AppendMessage(content, when, frozenset(), ExtensionOptions.empty())
            await session.append_messages(INBOX, [message])


def _delivered_to(addresses: Iterable[str]) -> bytes:
    """By which addresses it came here, as most servers say (RFC 9228): a blind copy says so nowhere else."""
    return "".join(f"Delivered-To: {address}\r\n" for address in addresses).encode(errors="replace")


def untagged(address: str) -> str:
    """The address in lower case without a plus-tag."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


async def listen(office: PostOffice, port: int, context: ssl.SSLContext) -> asyncio.Server:
    """Serve submission on loopback. Raises OSError where the port is taken."""

    def protocol() -> SMTP:
        # The socket is encrypted from its first byte. aiosmtpd cannot know that, and warns.
        with warnings.catch_warnings(action="ignore"):
            return SMTP(
                office,
                hostname=f"mail.{DOMAIN}",
                authenticator=office.authenticate,
                auth_required=True,
                auth_require_tls=False,
                enable_SMTPUTF8=True,
                data_size_limit=MOST_BYTES,
            )

    logging.getLogger("mail.log").setLevel(logging.ERROR)
    return await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", port, ssl=context)
