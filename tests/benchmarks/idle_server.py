"""An IMAP server that does one thing: hold IDLE for thousands of mailboxes in one process.

    python -m tests.benchmarks.idle_server FOLDER

Dovecot has a process for each connection and would need gigabytes. Here each user is three numbers. The
port and the control port come as the first line on stdout; a line "user@…" to the control port appends a
message to that user's INBOX and is answered with how many connections were told. FOLDER holds
``server.pem`` and ``server.key``. Every password is right.
"""

import asyncio
import base64
import json
import resource
import ssl
import sys
from collections import Counter
from pathlib import Path

UIDVALIDITY = 7
CAPABILITIES = "IMAP4rev1 AUTH=PLAIN IDLE"


class Mailboxes:
    """How many messages everybody has, who idles, and what was asked how often."""

    def __init__(self) -> None:
        self.messages: Counter[str] = Counter()
        self.idling: dict[str, set[asyncio.StreamWriter]] = {}
        self.asked: Counter[str] = Counter()

    def append(self, user: str) -> int:
        self.messages[user] += 1
        told = self.idling.get(user, set())
        for writer in told:
            writer.write(b"* %d EXISTS\r\n" % self.messages[user])
        return len(told)


class Connection:
    """One client, from the greeting to the end."""

    def __init__(
        self, mailboxes: Mailboxes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.mailboxes, self.reader, self.writer = mailboxes, reader, writer
        self.user = ""

    async def serve(self) -> None:
        self.say(f"* OK [CAPABILITY {CAPABILITIES}] ready")
        while line := await self.reader.readline():
            tag, _, command = line.decode().rstrip("\r\n").partition(" ")
            verb = command.split(" ")[0].upper()
            self.mailboxes.asked[verb] += 1
            await getattr(self, "do_" + verb.lower(), self.do_unknown)(tag, command)

    def say(self, *lines: str) -> None:
        self.writer.write("".join(line + "\r\n" for line in lines).encode())

    async def do_unknown(self, tag: str, command: str) -> None:
        self.say(f"{tag} BAD what?")

    async def do_capability(self, tag: str, command: str) -> None:
        self.say(f"* CAPABILITY {CAPABILITIES}", f"{tag} OK done")

    async def do_authenticate(self, tag: str, command: str) -> None:
        self.say("+ ")
        self.user = base64.b64decode(await self.reader.readline()).split(b"\0")[1].decode()
        self.say(f"{tag} OK [CAPABILITY {CAPABILITIES}] welcome")

    async def do_examine(self, tag: str, command: str) -> None:
        count = self.mailboxes.messages[self.user]
        self.say(
            f"* {count} EXISTS",
            f"* OK [UIDVALIDITY {UIDVALIDITY}] .",
            f"* OK [UIDNEXT {count + 1}] .",
            f"{tag} OK [READ-ONLY] done",
        )

    async def do_idle(self, tag: str, command: str) -> None:
        told = self.mailboxes.idling.setdefault(self.user, set())
        told.add(self.writer)
        try:
            self.say("+ idling")
            await self.reader.readline()
        finally:
            told.discard(self.writer)
        self.say(f"{tag} OK done")

    async def do_logout(self, tag: str, command: str) -> None:
        self.say("* BYE", f"{tag} OK done")


async def serve(folder: Path) -> None:
    mailboxes = Mailboxes()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await Connection(mailboxes, reader, writer).serve()
        except (ConnectionError, ssl.SSLError):
            pass
        finally:
            writer.close()

    async def control(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            user = line.decode().strip()
            answer = mailboxes.append(user) if user else mailboxes.asked
            writer.write(json.dumps(answer).encode() + b"\n")

    imap = await asyncio.start_server(client, "127.0.0.1", 0, ssl=context, backlog=512)
    told = await asyncio.start_server(control, "127.0.0.1", 0)
    ports = [server.sockets[0].getsockname()[1] for server in (imap, told)]
    print(json.dumps(ports), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(serve(Path(sys.argv[1])))
