"""The parts of a MIME message: its text, its HTML, and what is attached."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message

from .headers import decoded
from .names import extension, file_name
from .text import decode, html_to_text, unflowed

#: Levels of multiparts and attached messages.
DEEPEST = 100
MOST = 1_000


class Unreadable(Exception):
    """A message nothing sensible can be read of. ``code`` says why; no word of the message is in it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Part:
    """An attached part. ``inline``: a picture the HTML shows; ``content_id`` without brackets."""

    name: str
    content_type: str
    content: bytes = field(repr=False)
    content_id: str
    inline: bool


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says: text (made of the HTML where there is none), HTML as received, attachments."""

    text: str
    html: str
    attachments: tuple[Part, ...]


def read_parts(message: Message) -> Content:
    """Sort a message's parts. Raises Unreadable where they are too deep or too many."""
    texts: list[tuple[Message, bool]] = []
    pages: list[Message] = []
    others: list[Message] = []
    for part, alternative in _leaves(message):
        kind = part.get_content_type()
        if kind not in ("text/plain", "text/html") or _is_attached(part):
            others.append(part)
        elif kind == "text/plain":
            texts.append((part, alternative))
        elif pages:
            others.append(part)
        else:
            pages.append(part)
    html = _body(pages[0]) if pages else ""
    # Beside an HTML text a second plain one would not be seen: then it is an attachment.
    shown = [part for n, (part, alternative) in enumerate(texts) if not html or (n == 0 and alternative)]
    others = [part for part, _ in texts if part not in shown] + others
    text = "\n".join(filter(None, map(_body, shown))) or html_to_text(html)
    attachments = tuple(_attachment(part, n, html) for n, part in enumerate(others, 1))
    return Content(text, html, attachments)


def _leaves(message: Message) -> Iterator[tuple[Message, bool]]:
    """The parts that hold something, in order, and whether each is one of several versions of the same."""
    waiting, seen = [(message, 0, False)], 0
    while waiting:
        part, depth, alternative = waiting.pop()
        seen += 1
        if depth > DEEPEST:
            raise Unreadable("too_deep")
        if seen > MOST:
            raise Unreadable("too_many_parts")
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            inside = alternative or part.get_content_subtype() == "alternative"
            waiting += [(one, depth + 1, inside) for one in reversed(part.get_payload())]
        else:
            yield part, alternative


def _is_attached(part: Message) -> bool:
    return _disposition(part) == "attachment" or bool(_given_name(part))


def _disposition(part: Message) -> str:
    return str(part.get("Content-Disposition", "")).partition(";")[0].strip().lower()


def _given_name(part: Message) -> str:
    try:
        return decoded(part.get_filename() or "")
    except (ValueError, TypeError, LookupError, AssertionError, AttributeError):
        return ""


def _content(part: Message) -> bytes:
    """The decoded bytes of a leaf; as they came where the encoding is broken."""
    if part.is_multipart():
        return _attached_message(part)
    try:
        content = part.get_payload(decode=True)
    except (ValueError, TypeError, LookupError, AssertionError):
        content = None
    if content is None:
        content = str(part.get_payload()).encode("utf-8", "surrogateescape")
    return content


def _attached_message(part: Message) -> bytes:
    """An attached message (message/rfc822), or the blocks of a delivery report, as bytes."""
    try:
        return b"\r\n".join(one.as_bytes() for one in part.get_payload())
    except (ValueError, TypeError, LookupError, AssertionError, KeyError, AttributeError):
        return b""


def _body(part: Message) -> str:
    text = decode(_content(part), part.get_content_charset()).replace("\r\n", "\n").replace("\r", "\n")
    if part.get_content_type() == "text/plain" and str(part.get_param("format")).lower() == "flowed":
        return unflowed(text, str(part.get_param("delsp")).lower() == "yes").strip("\n")
    return text.strip("\n")


def _attachment(part: Message, position: int, html: str) -> Part:
    kind = part.get_content_type()
    content_id = decoded(str(part.get("Content-ID", ""))).strip("<> ")[:255]
    name = _given_name(part)
    if not name and kind == "message/rfc822" and part.is_multipart():
        subject = decoded(str(part.get_payload(0).get("Subject", "")))
        name = f"{subject[:100]}{extension(kind)}" if subject else ""
    return Part(
        name=file_name(name, kind, position),
        content_type=kind[:127] if re.fullmatch(r"[\w.+-]+/[\w.+-]+", kind) else "application/octet-stream",
        content=_content(part),
        content_id=content_id,
        inline=bool(content_id) and f"cid:{content_id}" in html,
    )
