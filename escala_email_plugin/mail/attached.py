"""A message that is attached to another one, as far as it is shown: who wrote what to whom, and its text."""

from dataclasses import dataclass, field
from datetime import datetime

from .addresses import Mailbox, mailboxes
from .bodies import sort_parts
from .headers import date, decoded
from .mime import Entity, Unreadable, read
from .text import html_to_text

#: Bytes of it that are read, people of a field that are told, and characters of its text.
LONGEST = 1_000_000
PEOPLE = 10
TEXT = 20_000
SUBJECT = 500

#: What holds the head of a message and nothing else (RFC 6522 4).
HEADS = {"text/rfc822-headers", "message/global-headers"}


@dataclass(frozen=True, slots=True)
class Attached:
    """What a stranger wrote, and not proven by anything. ``unnamed``: receivers beyond those."""

    senders: tuple[Mailbox, ...]
    to: tuple[Mailbox, ...]
    unnamed: int
    subject: str
    date: datetime | None  #: aware
    text: str = field(default="", repr=False)
    is_cut: bool = False


def attached(raw: bytes, content_type: str = "message/rfc822") -> Attached | None:
    """An attached message, or its first bytes; None for what is none. Linear; never raises."""
    is_short = len(raw) <= LONGEST
    try:
        root = read(raw[:LONGEST])
        if not {"from", "to", "subject", "date"} & root.headers.keys():
            return None
        text = "" if content_type in HEADS else _text(root)
    except (Unreadable, RecursionError):
        return None
    to = [*_people(root, "to"), *_people(root, "cc")]
    return Attached(
        senders=tuple(_people(root, "from")[:PEOPLE]),
        to=tuple(to[:PEOPLE]),
        unnamed=max(0, len(to) - PEOPLE),
        subject=decoded(root.first("subject"))[:SUBJECT],
        date=date(root.first("date"), None),
        text=text[:TEXT],
        is_cut=len(text) > TEXT or not is_short,
    )


def _people(root: Entity, name: str) -> list[Mailbox]:
    return mailboxes(b", ".join(root.headers.get(name, ()))[:100_000])


def _text(root: Entity) -> str:
    bodies = sort_parts(root)
    return (bodies.text.strip() or html_to_text(bodies.html, limit=TEXT + 1)).strip()
