"""Make the bytes of a message, as the mail programs of clients and sellers would."""

from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from typing import NamedTuple

from sandbox.demo.enclosures import Enclosure
from sandbox.demo.hours import BOGOTA

#: The ways in which bodies are written: charset and transfer encoding.
ENCODINGS = (
    ("utf-8", "quoted-printable"),
    ("utf-8", "base64"),
    ("iso-8859-1", "quoted-printable"),
    ("windows-1252", "quoted-printable"),
    ("utf-8", "8bit"),
    ("windows-1252", "8bit"),
)


class Draft(NamedTuple):
    """What somebody writes, before it is a message. ``quoted`` is the message that it answers."""

    sender: tuple[str, str]
    to: Sequence[tuple[str, str]]
    subject: str
    text: str
    sent: datetime
    message_id: str
    cc: Sequence[tuple[str, str]] = ()
    signature: str = ""
    quoted: "Draft | None" = None
    references: tuple[str, ...] = ()
    language: str = "es"
    html: bool = False
    encoding: tuple[str, str] = ENCODINGS[0]
    enclosures: tuple[Enclosure, ...] = ()
    inline: Enclosure | None = None
    tracker: str = ""


def compose(draft: Draft) -> bytes:
    """The message of ``draft``: CRLF line ends, the same bytes at every call."""
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(draft.sender)
    message["To"] = [_address(one) for one in draft.to]
    if draft.cc:
        message["Cc"] = [_address(one) for one in draft.cc]
    message["Subject"] = draft.subject
    message["Date"] = format_datetime(draft.sent)
    message["Message-ID"] = f"<{draft.message_id}>"
    if draft.quoted:
        message["In-Reply-To"] = f"<{draft.quoted.message_id}>"
        message["References"] = " ".join(f"<{one}>" for one in draft.references)
    _set_text(message, "plain", plain(draft), draft.encoding)
    if draft.html or draft.inline:
        _add_html(message, draft)
    for enclosure in draft.enclosures:
        maintype, subtype = enclosure.content_type.split("/")
        message.add_attachment(enclosure.content, maintype, subtype, filename=enclosure.name)
    _fix_boundaries(message, draft.message_id)
    return message.as_bytes()


def _address(pair: tuple[str, str]) -> Address:
    return Address(pair[0], addr_spec=pair[1])


def _set_text(message: EmailMessage, subtype: str, text: str, encoding: tuple[str, str]) -> None:
    charset, transfer = encoding
    # What the charset does not have, a mail program would rather send as UTF-8.
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        charset = "utf-8"
    message.set_content(text, subtype=subtype, charset=charset, cte=transfer)


def _add_html(message: EmailMessage, draft: Draft) -> None:
    page = html(draft)
    message.add_alternative(page, subtype="html", charset="utf-8", cte="quoted-printable")
    if draft.inline:
        part = message.get_payload()[-1]
        maintype, subtype = draft.inline.content_type.split("/")
        part.add_related(
            draft.inline.content,
            maintype,
            subtype,
            cid=f"<{content_id(draft)}>",
            filename=draft.inline.name,
            disposition="inline",
        )


def content_id(draft: Draft) -> str:
    """Of the picture inside its text."""
    return f"picture.{draft.message_id}"


def plain(draft: Draft) -> str:
    """The text part, with what it answers quoted below."""
    parts = [draft.text]
    if draft.signature:
        parts.append(f"-- \n{draft.signature}")
    if draft.quoted:
        lines = plain(draft.quoted).rstrip("\n").split("\n")
        quoted = "\n".join(f">{line}" if line.startswith(">") else f"> {line}" for line in lines)
        parts.append(f"{introduction(draft)}\n{quoted}")
    return "\n\n".join(parts) + "\n"


def trimmed(draft: Draft | None, deep: int) -> Draft | None:
    """The draft with no more than ``deep`` messages of what it quotes, itself counted."""
    if draft is None or deep == 0:
        return None
    return draft._replace(quoted=trimmed(draft.quoted, deep - 1))


def introduction(draft: Draft) -> str:
    """The line above quoted text, with the time of day that the CRM shows."""
    name, when = draft.quoted.sender[0], draft.quoted.sent.astimezone(BOGOTA)
    if draft.language == "es":
        return f"El {when:%d/%m/%Y} a las {when:%H:%M}, {name} escribió:"
    return f"On {when:%d/%m/%Y} at {when:%H:%M}, {name} wrote:"


def html(draft: Draft) -> str:
    """The HTML part: a modest design, quotes as blockquotes, perhaps a picture or a tracking pixel."""
    picture = tracker = ""
    if draft.inline:
        picture = f'<p><img src="cid:{content_id(draft)}" alt="{escape(draft.inline.name)}" width="320"></p>'
    if draft.tracker:
        tracker = f'<img src="{draft.tracker}" width="1" height="1" alt="">'
    return (
        f'<!DOCTYPE html><html lang="{draft.language}"><body style="font-family: Verdana, sans-serif; '
        'font-size: 14px; color: #2b2b33; line-height: 1.5">'
        f"{_fragment(draft, picture)}{tracker}</body></html>\n"
    )


def _fragment(draft: Draft, picture: str = "") -> str:
    paragraphs = "".join(f"<p>{_lines(text)}</p>" for text in draft.text.split("\n\n"))
    signature = quoted = ""
    if draft.signature:
        signature = (
            '<p style="border-top: 2px solid #0b6e69; color: #0b6e69; font-size: 12px; padding-top: 6px">'
            f"{_lines(draft.signature)}</p>"
        )
    if draft.quoted:
        quoted = (
            f'<p style="color: #777777">{escape(introduction(draft))}</p>'
            '<blockquote style="border-left: 3px solid #cccccc; margin: 0; padding-left: 12px">'
            f"{_fragment(draft.quoted)}</blockquote>"
        )
    return f"{paragraphs}{picture}{signature}{quoted}"


def _lines(text: str) -> str:
    return "<br>".join(escape(line) for line in text.split("\n"))


def _fix_boundaries(message: EmailMessage, token: str) -> None:
    """Python draws boundaries at random; ours follow from the Message-ID."""
    for number, part in enumerate(message.walk()):
        if part.get_content_maintype() == "multipart":
            part.set_boundary(f"=_{token.partition('@')[0]}_{number}")
