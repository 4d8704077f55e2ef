"""A raw message as what a CRM keeps of it. Tolerant: one bad part never costs the message."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from .addresses import mailboxes
from .bodies import Bodies, sort_parts
from .charsets import raw_text
from .file_names import file_name
from .headers import EPOCH, date, decoded, message_ids
from .key import message_key
from .measure import Measure, measure
from .mime import MAX_DEPTH, MAX_HEADERS, MAX_PARTS, Entity, Raw, Unreadable, read, read_headers
from .text import html_to_text, snippet

__all__ = ["MAX_DEPTH", "MAX_PARTS", "Parsed", "Part", "Person", "Unreadable", "parse"]

ROLES = {
    "from": "from",
    "sender": "sender",
    "reply-to": "reply_to",
    "to": "to",
    "cc": "cc",
    "bcc": "bcc",
}
LONGEST_NAME = 255

#: People of one message. No server delivers to so many, and each is a row or two.
MAX_PEOPLE = 10_000


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a message, with a role of ROLES, the name shown ("" if none) and the canonical address."""

    role: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Part:
    """An attachment. ``inline``: the HTML shows it by its ``content_id``."""

    name: str
    content_type: str
    size: int  #: bytes of the content
    sha256: str  #: of the content, in hex
    content_id: str
    inline: bool
    entity: Entity = field(repr=False, compare=False)

    def chunks(self) -> Iterator[bytes]:
        """The content, decoded a bounded piece at a time, as often as asked."""
        return self.entity.pieces()


@dataclass(frozen=True, slots=True)
class Parsed:
    """A message. No text in it holds a NUL or a lone surrogate."""

    message_id: str  #: never ""; made of the message where it has none, and ``own_id`` is False then
    own_id: bool
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    sent_at: datetime  #: aware, UTC
    subject: str
    people: tuple[Person, ...]
    text: str = field(repr=False)
    html: str = field(repr=False)  #: as received, not safe to show
    snippet: str = field(repr=False)
    attachments: tuple[Part, ...]
    automatic: bool  #: sent by a program or to a list (RFC 3834, RFC 2919)
    key: str  #: ``mail.key.message_key``


def parse(raw: Raw, arrived: datetime | None) -> Parsed:
    """Read a message. ``arrived``: when the server took it, for a Date that is absent or cannot be.

    The attachments stay where they are in ``raw``, and are read from there again when they are kept.

    Raises Unreadable, with nothing of the content in it, when nothing sensible can be read.
    """
    try:
        return _parse(raw, arrived)
    except MemoryError:
        raise Unreadable("too_large") from None
    except RecursionError:
        raise Unreadable("too_deep") from None


def _parse(raw: Raw, arrived: datetime | None) -> Parsed:
    root = read(raw)
    people = _people(root)
    bodies = sort_parts(root)
    measured = [measure(leaf.pieces()) for leaf in bodies.others]
    digests = [one.even for one in measured]
    header = _told(root, people)
    subject = decoded(root.first("subject"))
    ids = message_ids(root.first("message-id"))
    message_id = ids[0] if ids else _made_id(root, header, subject, bodies, digests)
    return Parsed(
        message_id=message_id,
        own_id=bool(ids),
        in_reply_to=message_ids(_joined(root, "in-reply-to", b" ")),
        references=message_ids(_joined(root, "references", b" ")),
        sent_at=date(root.first("date"), arrived) or EPOCH,
        subject=subject,
        people=people,
        text=bodies.text,
        html=bodies.html,
        snippet=snippet(bodies.text) or snippet(html_to_text(bodies.html, limit=2_000)),
        attachments=tuple(_attachments(bodies, measured)),
        automatic=_is_automatic(root),
        key=message_key(message_id, header, subject, bodies.text, bodies.html, digests),
    )


def _joined(root: Entity, name: str, separator: bytes) -> bytes:
    return separator.join(root.headers.get(name, ()))


def _people(root: Entity) -> tuple[Person, ...]:
    found: dict[tuple[str, str], Person] = {}
    for name, role in ROLES.items():
        if name in root.headers:
            for mailbox in mailboxes(_joined(root, name, b", ")):
                person = Person(role, mailbox.name[:LONGEST_NAME], mailbox.address)
                found.setdefault((role, mailbox.address), person)
    if len(found) > MAX_PEOPLE:
        raise Unreadable("too_many_people", f"more than {MAX_PEOPLE} people")
    return tuple(found.values())


def parts_of(bodies: Bodies) -> Iterator[Part]:
    """The attachments of a message of which nothing else is asked."""
    return _attachments(bodies, [measure(leaf.pieces()) for leaf in bodies.others])


def _attachments(bodies: Bodies, measured: list[Measure]) -> Iterator[Part]:
    for number, (leaf, found) in enumerate(zip(bodies.others, measured, strict=True), 1):
        content_type = leaf.content_type
        told = leaf.disposition_parameters.get("filename") or leaf.type_parameters.get("name") or ""
        if content_type in ("message/rfc822", "message/global"):
            told = _letter_name(told, leaf)
        content_id = decoded(leaf.first("content-id")).replace(" ", "").strip("<>")[:255]
        yield Part(
            name=file_name(told, content_type, number),
            content_type=content_type,
            size=found.size,
            sha256=found.sha256,
            content_id=content_id,
            inline=content_id in bodies.shown,
            entity=leaf,
        )


def _letter_name(told: str, leaf: Entity) -> str:
    """An attached message is called by its own subject where nobody named it."""
    if not told:
        beginning = leaf.content(MAX_HEADERS + 1)
        try:
            headers, _ = read_headers(beginning, 0, len(beginning))
        except Unreadable:
            headers = {}
        told = decoded(headers.get("subject", [b""])[0]).replace("/", "-").replace("\\", "-") or "message"
    return told if told.lower().endswith(".eml") else f"{told}.eml"


def _told(root: Entity, people: tuple[Person, ...]) -> str:
    """What the header says of when and between whom. A copy that says otherwise is another message:
    else whoever is recorded first would decide for everybody who wrote to whom.
    """
    sent = date(root.first("date"), None)
    named = sorted(f"{person.role}:{person.address}" for person in people if person.role != "bcc")
    return "\n".join([sent.isoformat() if sent else "", *named])


def _made_id(root: Entity, header: str, subject: str, bodies: Bodies, digests: list[str]) -> str:
    """An id for a message without one, the same for each copy of it."""
    told = raw_text(root.first("date"))
    key = message_key(told, header, subject, bodies.text, bodies.html, digests)
    return f"{key[:40]}@missing.invalid"


def _is_automatic(root: Entity) -> bool:
    submitted = re.split(r"[;(\s]", root.text("auto-submitted").strip().lower())[0]
    precedence = root.text("precedence").strip().lower()
    return (
        submitted not in ("", "no") or precedence in ("bulk", "list", "junk") or bool(root.first("list-id"))
    )
