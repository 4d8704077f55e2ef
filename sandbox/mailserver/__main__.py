"""Run the mail server until it is told to stop: ``python -m sandbox.mailserver --imap-port 8993``."""

import argparse
import asyncio
import signal
import ssl
import sys
from datetime import UTC, datetime

from sandbox import places
from sandbox.accounts import MAILBOXES, OUTSIDE
from sandbox.demo.mailboxes import demo_mail
from sandbox.mailserver import imap, smtp
from sandbox.mailserver.certificates import ensure_certificates
from sandbox.mailserver.folders import fill
from sandbox.mailserver.store import Store
from sandbox.mailserver.tokens import Tokens

#: pymap reads nested parts by recursion; one of the demo's messages has a thousand.
DEEPEST = 20_000


async def serve(
    store: Store, imap_port: int, smtp_port: int, context: ssl.SSLContext, tokens: Tokens
) -> None:
    """Listen on both ports until SIGINT or SIGTERM. Raises OSError where a port is taken."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    login = imap.SandboxLogin(imap.configuration(), store, MAILBOXES, tokens)
    await login.prepare()
    servers = [
        await imap.listen(login, imap_port, context),
        await smtp.listen(smtp.PostOffice(login, MAILBOXES, OUTSIDE, tokens), smtp_port, context),
    ]
    print(f"IMAP on 127.0.0.1:{imap_port}, SMTP on 127.0.0.1:{smtp_port}", flush=True)
    await stop.wait()
    for server in servers:
        server.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox.mailserver", description=__doc__)
    parser.add_argument("--imap-port", type=int, default=8993)
    parser.add_argument("--smtp-port", type=int, default=8465)
    parser.add_argument("--provider-port", type=int, default=0, help="who knows access tokens")
    options = parser.parse_args()
    sys.setrecursionlimit(DEEPEST)
    ensure_certificates(places.AUTHORITY, places.CERTIFICATE)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(places.CERTIFICATE)
    store = Store(places.MAIL)
    fill(store, MAILBOXES, demo_mail(datetime.now(UTC)))
    try:
        asyncio.run(
            serve(store, options.imap_port, options.smtp_port, context, Tokens(options.provider_port))
        )
    finally:
        store.close()


if __name__ == "__main__":
    main()
