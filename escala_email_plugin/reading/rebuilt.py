"""A message put together again from what is stored of it, for where its mailbox does not give it."""

from contextlib import suppress

from ..mail.addresses import Mailbox
from ..mail.inner import Inner, as_raw
from ..mail.mime import Entity
from ..mail.parse import Part
from ..models import Attachment, Message, Participant

#: The host of an id that we made ourselves (``mail.parse``).
OURS = "@missing.invalid"


def rebuilt(message: Message) -> bytes:
    """An RFC 5322 message of the texts, people and files of one that its reader sees all of.

    Nobody who got it blind is in it, and what cannot be read from the storage is missing.
    """
    people = {role: _people(message, role) for role in ("from", "to", "cc")}
    made = as_raw(
        Inner(
            raw=None,
            sender=next(iter(people["from"]), None),
            to=people["to"],
            cc=people["cc"],
            subject=message.subject,
            date=message.sent_at,
            message_id=message.message_id,
            text=message.text,
            html=message.html,
            parts=tuple(_parts(message)),
        )
    )
    return _id(message) + made


def _id(message: Message) -> bytes:
    told = message.message_id
    if told.endswith(OURS) or told.startswith("sha256:") or not told.isascii() or not told.isprintable():
        return b""
    return f"Message-ID: <{told}>\r\n".encode()


def _people(message: Message, role: str) -> tuple[Mailbox, ...]:
    rows = Participant.objects.filter(message=message, role=role, location=None).select_related("address")
    return tuple(Mailbox(row.name, row.address.value) for row in rows.order_by("pk"))


def _parts(message: Message) -> list[Part]:
    parts = []
    for row in message.attachments.all():
        with suppress(OSError):
            parts.append(_part(row))
    return parts


def _part(row: Attachment) -> Part:
    with row.file.open("rb") as file:
        content = file.read()
    entity = Entity(content, {}, 0, len(content))
    return Part(row.name, row.content_type, row.size, row.sha256, row.content_id, row.inline, entity)
