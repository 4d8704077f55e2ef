"""A mailbox that is the same every time: ten languages, threads, newsletters, attachments.

One message in ``1 / share`` concerns a contact, as its sender or among those who got a copy; the others come
from strangers. A third of it is newsletters, which contacts write only where there are not enough strangers.
"""

import base64
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr
from html import escape
from pathlib import Path

from .languages import LANGUAGES, WEIGHTS, Language

OWNER = "seller@broker.example"
PASSWORD = "benchmark"
#: The file that tells the contacts and the newest message.
DESCRIPTION = "mailbox.json"
FIRST_DAY = datetime(2024, 1, 2, 8, tzinfo=UTC)

#: The part of a mailbox that is newsletters.
NEWSLETTERS = 1 / 3


@dataclass(frozen=True, slots=True)
class Plan:
    """How many messages, how many contacts, and which part (0–1) of the messages concerns them."""

    messages: int = 10_000
    contacts: int = 500
    share: float = 0.05
    seed: int = 2


@dataclass(frozen=True, slots=True)
class Correspondent:
    name: str
    address: str
    language: Language


@dataclass(slots=True)
class Conversation:
    """What a reply needs of the messages before it."""

    subject: str
    ids: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest message that concerns a contact: whom, and its Message-ID without brackets."""

    contact: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Filled:
    """What ``fill`` wrote: the contacts' addresses, all messages and those that concern them, all bytes."""

    contacts: tuple[str, ...]
    messages: int
    matching: int
    size: int
    newest: Newest | None


def fill(maildir: Path, plan: Plan, folders: int = 1) -> Filled:
    """Write the mailbox into ``maildir`` as messages that were read long ago, in turn into its folders.

    The first folder is the inbox.
    """
    places = [maildir, *(maildir / f"Folder {number}" for number in range(1, folders))]
    for place in places:
        for name in ("cur", "new", "tmp"):
            (place / name).mkdir(parents=True, exist_ok=True)
    writer = Writer(plan)
    size = 0
    for number, raw in enumerate(writer.messages()):
        name = f"{int(FIRST_DAY.timestamp()) + number}.{number}.bench,S={len(raw)}:2,S"
        (places[number % folders] / "cur" / name).write_bytes(raw)
        size += len(raw)
    contacts = tuple(contact.address for contact in writer.contacts)
    return Filled(contacts, plan.messages, writer.matching, size, writer.newest)


class Writer:
    """Writes the messages of a plan, one after another."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self.random = random.Random(plan.seed)
        self.contacts = self.people("contact", plan.contacts)
        self.strangers = self.people("stranger", 2_000)
        self.conversations: dict[str, Conversation] = {}
        self.matching = 0
        self.newest: Newest | None = None
        # Attachments are cut out of one block: random bytes are the slow part, and base64 the next.
        self.noise = base64.encodebytes(self.random.randbytes(4 << 20))

    def people(self, kind: str, count: int) -> list[Correspondent]:
        found = []
        for number in range(count):
            language = self.random.choices(LANGUAGES, WEIGHTS)[0]
            address = f"{kind}.{number}@company-{self.random.randrange(400)}.example"
            found.append(Correspondent(self.random.choice(language.names), address, language))
        return found

    def messages(self) -> Iterator[bytes]:
        every = round(1 / self.plan.share)
        for number in range(self.plan.messages):
            concerns = number % every == every // 2
            self.matching += concerns
            yield self.message(number, concerns).as_bytes()

    def message(self, number: int, concerns: bool) -> MIMEBase:
        """Message ``number``, from or with a copy to a contact if it ``concerns`` one."""
        sender = contact = self.frequent(self.contacts if concerns else self.strangers)
        copies = self.random.sample(self.strangers, self.random.choice((0, 0, 0, 1, 2, 5)))
        if concerns and self.random.random() < 0.2:
            copies.append(sender)
            sender = self.random.choice(self.strangers)
        newsletter = self.random.random() < self.newsletters(concerns)
        body = self.newsletter() if newsletter else self.letter(number, sender.language)
        conversation = self.conversation(sender, newsletter)
        self.head(body, number, sender, copies, conversation)
        if newsletter:
            body.replace_header("To", "undisclosed-recipients:;")
            body["List-Id"] = f"<news.{sender.address.partition('@')[2]}>"
            body["Precedence"] = "bulk"
        if concerns:
            self.newest = Newest(contact.address, body["Message-ID"].strip("<>"))
        return body

    def newsletters(self, concerns: bool) -> float:
        """The part of the messages that do or do not concern a contact which is newsletters."""
        strangers = 1 - self.plan.share
        theirs = min(NEWSLETTERS, strangers)
        return (NEWSLETTERS - theirs) / self.plan.share if concerns else theirs / strangers

    def frequent(self, people: list[Correspondent]) -> Correspondent:
        """One of ``people``: the first ones write a lot, most of them hardly ever."""
        return people[int(len(people) * self.random.random() ** 3)]

    def conversation(self, sender: Correspondent, newsletter: bool) -> Conversation:
        """The sender's running conversation, or a new one."""
        running = self.conversations.get(sender.address)
        if running and not newsletter and len(running.ids) < 8 and self.random.random() < 0.8:
            return running
        conversation = Conversation(self.random.choice(sender.language.subjects))
        self.conversations[sender.address] = conversation
        return conversation

    def head(self, body, number, sender, copies, conversation) -> None:
        """Add the headers to ``body`` and the message to its conversation."""
        domain = sender.address.partition("@")[2]
        sent = FIRST_DAY + timedelta(minutes=7 * number)
        for hop in range(3):
            body["Received"] = (
                f"from relay{hop}.{domain} (relay{hop}.{domain} [192.0.2.{hop + 1}])\n\t"
                f"by mx{hop}.broker.example (Postfix) with ESMTPS id {self.random.randbytes(6).hex()}\n\t"
                f"for <{OWNER}>; {format_datetime(sent)}"
            )
        signature = base64.encodebytes(self.random.randbytes(256)).decode().strip().replace("\n", "\n\t ")
        body["DKIM-Signature"] = f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s=mail;\n\tb={signature}"
        body["From"] = mailbox(sender)
        body["To"] = OWNER
        if copies:
            body["Cc"] = ",\n ".join(mailbox(copy) for copy in copies)
        body["Date"] = format_datetime(sent)
        body["Message-ID"] = f"<{number}.{self.random.randbytes(8).hex()}@{domain}>"
        subject = conversation.subject
        if conversation.ids:
            subject = f"Re: {subject}"
            body["In-Reply-To"] = conversation.ids[-1]
            body["References"] = "\n ".join(conversation.ids)
        body["Subject"] = Header(subject, sender.language.charset)
        conversation.ids.append(body["Message-ID"])

    def letter(self, number: int, language: Language) -> MIMEBase:
        """Plain text, or text and HTML, and now and then with attachments."""
        text = "\n\n".join(self.paragraph(language) for _ in range(self.random.randint(2, 8)))
        if self.random.random() < 0.2:
            return MIMEText(text, "plain", language.charset)
        both = MIMEMultipart("alternative", boundary=f"=_text_{number}")
        both.attach(MIMEText(text, "plain", language.charset))
        both.attach(MIMEText(as_html(text), "html", "utf-8"))
        if self.random.random() < 0.84:
            return both
        mixed = MIMEMultipart("mixed", boundary=f"=_mixed_{number}")
        mixed.attach(both)
        for position in range(self.random.choice((1, 1, 2))):
            mixed.attach(self.attachment(position))
        return mixed

    def newsletter(self) -> MIMEBase:
        """HTML only, most of it mark-up."""
        cells = "".join(
            f'<tr><td style="padding:0 12px;font:14px/20px Arial"><a href="https://shop.example/{n}">'
            f"{escape(self.paragraph(LANGUAGES[0]))}</a></td></tr>\n"
            for n in range(self.random.randint(10, 80))
        )
        return MIMEText(f"<html><body><table>\n{cells}</table></body></html>", "html", "utf-8")

    def attachment(self, position: int) -> MIMEBase:
        """A file of 30 to 450 kB; small ones are the most frequent."""
        lines = int(self.random.triangular(500, 8_000, 1_000))
        start = self.random.randrange(len(self.noise) // 77 - lines) * 77
        part = MIMEBase("application", "pdf")
        part["Content-Transfer-Encoding"] = "base64"
        part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", f"póliza {position}.pdf"))
        part.set_payload(self.noise[start : start + lines * 77].decode())
        return part

    def paragraph(self, language: Language) -> str:
        return " ".join(self.random.choices(language.sentences, k=self.random.randint(2, 6)))


def mailbox(person: Correspondent) -> str:
    """``"Name" <address>``, the name encoded in its own character set."""
    return formataddr((person.name, person.address), person.language.charset)


def as_html(text: str) -> str:
    paragraphs = "".join(
        f'<p style="margin:0 0 1em;font-family:Calibri,sans-serif">{escape(paragraph)}</p>\n'
        for paragraph in text.split("\n\n")
    )
    return f'<html><head><meta charset="utf-8"></head><body>\n{paragraphs}</body></html>'
