"""The messages that somebody forwarded in a mail: attached, or quoted as the big mail programs do it."""

import re
from collections.abc import Iterator
from datetime import datetime, tzinfo
from itertools import islice

from . import date_words
from .addresses import Mailbox, mailboxes
from .bodies import Bodies, sort_parts
from .forward_block import Block
from .forward_sides import HtmlSide, TextSide
from .forward_words import BEHALF, plain, prefix
from .headers import date, decoded, message_ids, zone
from .inner import Inner, as_raw
from .mime import Entity, Unreadable, leaves, read, read_headers
from .parse import parts_of
from .text import html_to_text
from .transfer import Raw

__all__ = ["Inner", "as_raw", "find", "quoted_in"]

#: Messages attached to one mail that are looked at.
MOST = 100

#: Multiparts in which a message is a report's or a list's, and was forwarded by nobody.
_REPORTS = {"multipart/report", "multipart/digest"}
_MESSAGES = {"message/rfc822", "message/global"}
_ENVELOPES = {"application/octet-stream", "application/eml", "text/plain", "message/eml", "application/x-eml"}
#: Of the mail that forwards, not of the message.
_SIGNATURES = {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}

_MAILTO_WITHIN = re.compile(r"<mailto:[^<>]*+>(?=>)", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\[(?:mailto:)?([^\s\[\]<>@]++@[^\s\[\]<>]++)\]", re.IGNORECASE)
_NAME_AND_ADDRESS = re.compile(r"([^<>]*+)(<[^<>]++>)([^<>@]*+)")


def find(raw: Raw) -> list[Inner]:
    """The messages forwarded in a mail, in their order; of one that forwards another, the outer one only.

    A quoted one is known by a line that announces it or by the mail's subject (see ``forward_block``); what
    is attached is its own then. Else each attached message counts. A mail that answers forwards nothing, and
    neither does a report: where it is not certain, it is no forward. Never raises; linear.
    """
    try:
        root = read(raw)
    except Unreadable:
        return []
    told = prefix(decoded(root.first("subject")))
    if told == "reply":
        return []
    bodies = sort_parts(root)
    quoted = _quoted(bodies, told == "forward", zone(root.first("date")))
    return [quoted] if quoted else list(_attached(root, bodies))


def quoted_in(subject: str, text: str, html: str) -> Inner | None:
    """The message that a stored one quotes and by its subject forwards, without its files; else None.

    Its date has no zone where none is told. Never raises; linear.
    """
    if prefix(subject) != "forward":
        return None
    return _quoted(Bodies(text=text, html=html), True, None)


# Attached


def _attached(root: Entity, bodies: Bodies) -> Iterator[Inner]:
    comment = (bodies.text or html_to_text(bodies.html)).strip()
    messages = (
        _read(leaf, comment)
        for leaf, parent in leaves(root)
        if _is_message(leaf) and _REPORTS.isdisjoint({one.content_type for one in (root, parent) if one})
    )
    return islice(filter(None, messages), MOST)


def _is_message(leaf: Entity) -> bool:
    if leaf.content_type in _MESSAGES:
        return True
    name = leaf.disposition_parameters.get("filename") or leaf.type_parameters.get("name") or ""
    return leaf.content_type in _ENVELOPES and decoded(name).lower().endswith(".eml")


def _read(leaf: Entity, comment: str) -> Inner | None:
    """The attached message; None for what only has the name of one."""
    raw = leaf.content()
    try:
        headers, _ = read_headers(raw, 0, len(raw))
    except Unreadable:
        headers = {}
    if leaf.content_type not in _MESSAGES and not {"from", "date"} <= headers.keys():
        return None
    found = {name: tuple(mailboxes(b", ".join(headers.get(name, ())))) for name in ("from", "to", "cc")}
    ids = message_ids(headers.get("message-id", [b""])[0])
    return Inner(
        raw=raw,
        sender=found["from"][0] if len(found["from"]) == 1 else None,
        to=found["to"],
        cc=found["cc"],
        subject=decoded(headers.get("subject", [b""])[0]),
        date=date(headers.get("date", [b""])[0], None),
        message_id=ids[0] if ids else "",
        comment=comment,
    )


# Quoted


def _quoted(bodies: Bodies, told: bool, clock: tzinfo | None) -> Inner | None:
    html = HtmlSide(bodies.html, told)
    sides = [side for side in (TextSide(bodies.text, told), html) if side.block]
    # One of the two says that an answer quotes there.
    if not sides or not all(side.block.fields for side in sides):
        return None
    senders = [_sender(side.block.fields["from"]) for side in sides]
    told_by = sides[0] if senders[0] else sides[-1]
    fields = told_by.block.fields
    return Inner(
        raw=None,
        sender=_sender(fields["from"]),
        to=_people(fields.get("to", "")),
        cc=_people(fields.get("cc", "")),
        subject=decoded(fields.get("subject", "")),
        date=_date(told_by.block, clock),
        message_id="",
        text=sides[0].below(),
        # Where the two name different people, they are two messages, and the text is shown alone.
        html=html.cut() if html.block and len(set(senders)) == 1 else "",
        comment=sides[0].above(),
        parts=tuple(part for part in parts_of(bodies) if part.content_type not in _SIGNATURES),
    )


def _written(value: str) -> str:
    """Addresses as a header has them: ``Ana [mailto:ana@x]``, ``Ana <ana@x<mailto:ana@x>>`` are Outlook's."""
    if ":" not in value and "[" not in value:
        return value
    value = _MAILTO_WITHIN.sub("", _IN_BRACKETS.sub(r"<\1>", value))
    return re.sub("<mailto:", "<", value, flags=re.IGNORECASE)


def _people(value: str) -> tuple[Mailbox, ...]:
    return tuple(mailboxes(_written(value)))


def _sender(value: str) -> Mailbox | None:
    """The one who wrote it. A comma in the name separates nothing: there can be only one."""
    value = _written(value).strip()
    if found := _NAME_AND_ADDRESS.fullmatch(value):
        if found[3].strip() and not plain(found[3]).startswith(BEHALF):
            return None
        people = mailboxes(found[2])
        return Mailbox(decoded(found[1].strip("\"' *\t\xa0")), people[0].address) if people else None
    people = mailboxes(value)
    return people[0] if len(people) == 1 else None


def _date(block: Block, clock: tzinfo | None) -> datetime | None:
    """When it was sent; a clock without a zone is that of whoever forwards."""
    when = date_words.read(block.fields.get("date", ""), month_first=block.english)
    if when is None or when.tzinfo is not None:
        return when
    return when.replace(tzinfo=clock)
