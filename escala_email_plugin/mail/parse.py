"""A message as it lies in a mailbox → what the CRM knows of it.

Read with the standard library's compat32 policy, which does not raise on what real mail holds
(``email.policy.default`` does, on two in a hundred). A broken part never fails the message.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message

from .addresses import mailboxes
from .headers import date, decoded, message_ids
from .key import message_key
from .parts import Part, Unreadable, read_parts
from .text import snippet

__all__ = ["Parsed", "Part", "Person", "Unreadable", "parse"]

#: Bytes of one message's header block.
LONGEST_HEADER = 2**20

#: People of one message; beyond it is an attack, not a conversation.
MOST_PEOPLE = 5_000

ROLES = {"From": "from", "Sender": "sender", "Reply-To": "reply_to", "To": "to", "Cc": "cc", "Bcc": "bcc"}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a message: ``role`` is a value of ``ROLES``, ``address`` canonical."""

    role: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """A message, read. Nothing in it holds NUL or lone surrogates.

    ``message_id`` is never empty: where the message has none it is made of its content (``own_id`` False).
    ``sent_at`` is in UTC. ``text`` is made of ``html`` where there is no plain text. ``automatic``: written
    by a machine (RFC 3834 5, lists, bulk).
    """

    message_id: str
    own_id: bool
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    sent_at: datetime
    subject: str
    people: tuple[Person, ...]
    text: str
    html: str
    snippet: str
    attachments: tuple[Part, ...] = field(repr=False)
    automatic: bool
    key: str


def parse(raw: bytes, arrived: datetime | None) -> Parsed:
    """Read a message; ``arrived`` (aware) stands in for a Date that is absent or cannot be true.

    Raises Unreadable when it is built to harm: too deep, too many parts, a header of megabytes.
    """
    end = min((at for at in (raw.find(b"\r\n\r\n"), raw.find(b"\n\n")) if at >= 0), default=len(raw))
    if end > LONGEST_HEADER:
        raise Unreadable("huge_header")
    try:
        message = message_from_bytes(raw)
        content = read_parts(message)
    except RecursionError:
        raise Unreadable("too_deep") from None
    subject = decoded(_first(message, "Subject"))
    people = tuple(_people(message))
    senders = ",".join(person.address for person in people if person.role == "from")
    digests = [hashlib.sha256(part.content).hexdigest() for part in content.attachments]
    found = message_ids(_first(message, "Message-ID"))
    message_id = found[0] if found else _made_id(message, senders, subject, content.text, digests)
    return Parsed(
        message_id=message_id,
        own_id=bool(found),
        in_reply_to=message_ids(_first(message, "In-Reply-To")),
        references=message_ids(_first(message, "References")),
        sent_at=date(_first(message, "Date"), arrived) or datetime(1970, 1, 1, tzinfo=UTC),
        subject=subject,
        people=people,
        text=content.text,
        html=content.html,
        snippet=snippet(content.text),
        attachments=content.attachments,
        automatic=_is_automatic(message),
        key=message_key(message_id, senders, subject, content.text, content.html, digests),
    )


def _all(message: Message, name: str) -> Iterator[str]:
    wanted = name.lower()
    return (value for key, value in message.raw_items() if key.lower() == wanted)


def _first(message: Message, name: str) -> str:
    return next(_all(message, name), "")


def _people(message: Message) -> Iterator[Person]:
    seen: set[tuple[str, str]] = set()
    for name, role in ROLES.items():
        for value in _all(message, name):
            for mailbox in mailboxes(value.encode("utf-8", "surrogateescape")):
                if (role, mailbox.address) not in seen and len(seen) < MOST_PEOPLE:
                    seen.add((role, mailbox.address))
                    yield Person(role, mailbox.name, mailbox.address)


def _made_id(message: Message, senders: str, subject: str, text: str, digests: list[str]) -> str:
    """A stable id for a message without one: the same for each of its copies."""
    made = message_key(_first(message, "Date"), senders, subject, text, _first(message, "To"), digests)
    return f"{made}@missing.invalid"


def _is_automatic(message: Message) -> bool:
    auto = _first(message, "Auto-Submitted").partition(";")[0].strip().lower()
    precedence = _first(message, "Precedence").strip().lower()
    listed = any(_first(message, "List-Id"))
    return auto not in ("", "no") or precedence in ("bulk", "list", "junk") or listed
