"""Which parts of a message are its text and its HTML, and which are attachments."""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from .charsets import clean, decode
from .flowed import unflowed
from .long_text import beginnings
from .mime import Entity, leaves

#: Characters of a message's text, and of its HTML. A longer part is cut there and attached whole.
LONGEST = 2_000_000

#: So many characters at the end of a beginning may be others in the whole: half of one, a part of "-- ".
UNCERTAIN = 8

_CID = re.compile(r"""cid:([^"'\s<>()]++)""", re.IGNORECASE)
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset=["']?([a-zA-Z0-9_-]{2,40})""", re.IGNORECASE)


@dataclass(slots=True)
class Bodies:
    """The text, the HTML, the other parts, and the content ids that the HTML shows."""

    text: str = ""
    html: str = ""
    others: list[Entity] = field(default_factory=list)
    shown: set[str] = field(default_factory=set)


def sort_parts(root: Entity) -> Bodies:
    """Sort the leaves of a message.

    The text is the first one and what further plain texts follow it where there is no HTML; the
    HTML is one part, never several put together. All else is an attachment, and so is a text too long to be
    shown whole: nothing is lost.
    """
    bodies = Bodies()
    for leaf, parent in leaves(root):
        if not _is_body(leaf, parent):
            bodies.others.append(leaf)
        elif leaf.content_type == "text/html":
            _take_html(bodies, leaf, parent)
        else:
            _take_text(bodies, leaf, parent)
    if "cid:" in bodies.html.lower():
        bodies.shown = {unquote(one) for one in _CID.findall(bodies.html)}
    return bodies


def _is_body(leaf: Entity, parent: Entity | None) -> bool:
    if leaf.content_type.startswith("multipart/"):
        return True  # no part was found in it: its text is better than nothing
    if leaf.content_type not in ("text/plain", "text/html") or leaf.disposition == "attachment":
        return False
    if parent is None or parent.content_type == "multipart/alternative":
        return True
    if parent.content_type == "multipart/related" and parent.parts[0] is leaf:
        return True
    return "filename" not in leaf.disposition_parameters and "name" not in leaf.type_parameters


def _take_html(bodies: Bodies, leaf: Entity, parent: Entity | None) -> None:
    alternative = parent is not None and parent.content_type in ("multipart/alternative", "multipart/related")
    if bodies.html or (bodies.text.strip() and not alternative):
        bodies.others.append(leaf)
    else:
        bodies.html = _as_far_as_shown(bodies, leaf)


def _take_text(bodies: Bodies, leaf: Entity, parent: Entity | None) -> None:
    if not bodies.text.strip() and not (bodies.html and parent and parent.content_type == "multipart/mixed"):
        bodies.text = _as_far_as_shown(bodies, leaf)
    elif bodies.html or len(bodies.text) + leaf.end - leaf.start > LONGEST:
        bodies.others.append(leaf)
    else:
        bodies.text = f"{bodies.text.rstrip()}\n\n{text_of(leaf)}"


def _as_far_as_shown(bodies: Bodies, leaf: Entity) -> str:
    text = text_of(leaf) if leaf.end - leaf.start <= LONGEST else _beginning(leaf)
    if len(text) > LONGEST:
        bodies.others.append(leaf)
    return text[:LONGEST]


def _beginning(leaf: Entity) -> str:
    """The text of a long part, as far as it is shown and, where there is more, a little further."""
    text = ""
    for beginning in beginnings(leaf, _charset(leaf), LONGEST + LONGEST // 8):
        text = _plain(beginning, leaf)
        if len(text) > LONGEST + UNCERTAIN:
            break
    return text


def text_of(leaf: Entity) -> str:
    """The text of a part: decoded, "\\n" as line end, flowed paragraphs joined, fit for a database."""
    return _plain(decode(leaf.content(), _charset(leaf)), leaf)


def _charset(leaf: Entity) -> str:
    told = leaf.type_parameters.get("charset", "")
    if not told and leaf.content_type == "text/html" and (meta := _META_CHARSET.search(leaf.content(2048))):
        told = meta[1].decode("ascii")
    return told


def _plain(text: str, leaf: Entity) -> str:
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if leaf.type_parameters.get("format", "").lower() == "flowed":
        text = unflowed(text, leaf.type_parameters.get("delsp", "").lower() == "yes")
    return clean(text)
