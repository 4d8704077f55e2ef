"""A message that somebody forwarded, and how one that was only quoted becomes a message again."""

import hashlib
import re
from base64 import encodebytes
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.header import Header
from email.message import Message
from email.utils import format_datetime

from .addresses import Mailbox
from .charsets import clean
from .parse import Part

#: Blanks of all kinds and controls, of which a header's line may hold none.
_LINE = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029]+")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*")
_CONTENT_ID = re.compile(r"[!-;=?-~]{1,255}")
_CHARSET = re.compile(r"[A-Za-z0-9_.:-]{1,40}")


@dataclass(frozen=True, slots=True)
class Inner:
    """A message forwarded in another one. What strangers wrote, and not proven by anything.

    ``raw``: the message itself where it was attached, byte for byte, and the texts, which are in it, are
    empty; None where it was quoted. ``sender``: None where no address of one can be read. ``date``: None
    where it is not certain; without a zone where none is known. ``comment``: what stands above it.
    ``parts``: attachments of the forwarding mail, which are the message's.
    """

    raw: bytes | None = field(repr=False)
    sender: Mailbox | None
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    subject: str
    date: datetime | None
    message_id: str
    text: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
    comment: str = field(default="", repr=False)
    parts: tuple[Part, ...] = field(default=(), repr=False)


def as_raw(inner: Inner, fallback_date: datetime | None = None) -> bytes:
    """The forwarded message as one of its own (RFC 5322). The same forward makes the same bytes.

    ``fallback_date``: when the forwarding mail was sent, aware. It stands in for a date that is missing, and
    no message is later than the mail that forwards it. There is no Message-ID: nobody knows it.
    """
    if inner.raw is not None:
        return inner.raw
    head = [
        _people("From", [inner.sender] if inner.sender else []),
        _people("To", inner.to),
        _people("Cc", inner.cc),
        _field("Subject", _encoded(inner.subject)) if inner.subject else b"",
        _date(inner.date, fallback_date),
        b"MIME-Version: 1.0\r\n",
    ]
    return b"".join(head) + _bytes(_body(inner))


def _people(name: str, people: Iterable[Mailbox]) -> bytes:
    return _field(name, ",\r\n ".join(map(_mailbox, people))) if people else b""


def _mailbox(one: Mailbox) -> str:
    """A mailbox as it is written. Canonical addresses hold neither blanks nor controls."""
    name = _one_line(one.name)
    if _PLAIN_NAME.fullmatch(name):
        return f"{name} <{one.address}>"
    return f"{_encoded(name)} <{one.address}>" if name else f"<{one.address}>"


def _encoded(text: str) -> str:
    return Header(_one_line(text), "utf-8", maxlinelen=76).encode(linesep="\r\n")


def _one_line(text: str) -> str:
    return _LINE.sub(" ", clean(text)).strip()


def _field(name: str, value: str) -> bytes:
    return f"{name}: {value}\r\n".encode()


def _date(told: datetime | None, fallback: datetime | None) -> bytes:
    when = told or fallback
    if when is None:
        return b""
    if when.tzinfo is None:
        when = when.replace(tzinfo=fallback.tzinfo if fallback and fallback.tzinfo else UTC)
    if fallback is not None and fallback.tzinfo is not None:
        when = min(when, fallback)
    return _field("Date", format_datetime(when))


# The boundaries are made of the content: chosen at random, no two copies of a message were the same bytes.


def _body(inner: Inner) -> Message:
    made = hashlib.sha256(repr((inner.subject, inner.text, inner.html)).encode("utf-8", "backslashreplace"))
    for part in inner.parts:
        made.update(part.sha256.encode())
    boundary = f"=_{made.hexdigest()[:40]}"
    body = _text(inner.text, "plain")
    if inner.html:
        texts = [body, _text(inner.html, "html")] if inner.text else [_text(inner.html, "html")]
        body = _together("alternative", f"{boundary}.a", texts) if len(texts) > 1 else texts[0]
    if inner.parts:
        body = _together("mixed", f"{boundary}.m", [body, *map(_attachment, inner.parts)])
    return body


def _text(text: str, kind: str) -> Message:
    made = Message()
    made["Content-Type"] = f"text/{kind}; charset=utf-8"
    _fill(made, clean(text).encode())
    return made


class _Sealed(Message):
    """A part whose content is written as it is: of some kinds the ``email`` package expects parts in it."""

    def get_content_maintype(self) -> str:
        return "application"

    def get_content_subtype(self) -> str:
        return "octet-stream"


def _attachment(part: Part) -> Message:
    made = _Sealed()
    charset = part.entity.type_parameters.get("charset", "")
    told = f"; charset={charset}" if _CHARSET.fullmatch(charset) else ""
    made["Content-Type"] = part.content_type + told
    kind = "inline" if part.inline else "attachment"
    made.add_header("Content-Disposition", kind, filename=("utf-8", "", part.name))
    if _CONTENT_ID.fullmatch(part.content_id):
        made["Content-ID"] = f"<{part.content_id}>"
    _fill(made, b"".join(part.chunks()))
    return made


def _fill(made: Message, data: bytes) -> None:
    made["Content-Transfer-Encoding"] = "base64"
    made.set_payload(encodebytes(data).decode("ascii"))


def _together(kind: str, boundary: str, parts: list[Message]) -> Message:
    made = Message()
    made["Content-Type"] = f'multipart/{kind}; boundary="{boundary}"'
    for part in parts:
        made.attach(part)
    return made


def _bytes(body: Message) -> bytes:
    return body.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
