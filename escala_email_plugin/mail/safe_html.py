"""HTML from strangers, made fit to be shown in a sandboxed frame.

The frame's content security policy is what stops remote content; this is the second layer.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape, unescape
from urllib.parse import unquote

import nh3

from .balance import balanced
from .html_rules import ATTRIBUTES, FUNCTIONS, GONE, PROPERTIES, TAGS
from .quote_marks import NAMES, mark

#: For the frame's document, as its header and as its first ``<meta>``.
CSP = "default-src 'none'; img-src data: cid:; style-src 'unsafe-inline'"

#: Characters of pictures in one document: a picture may be shown many times.
PICTURES = 20_000_000

#: Characters of HTML that are shown; what is longer is cut.
LONGEST = 2_000_000

#: Characters and tags of a document that no parser can be slow on.
SMALL = 50_000
FEW = 1_000

LINK = re.compile(r"(?:https?://|mailto:|tel:)[^\x00-\x20\x7f]+", re.IGNORECASE)
_VALUE = re.compile(r"[\w\s.,#%'\"!()+/-]*+")
_FUNCTION = re.compile(r"(?<![\w-])([\w-]*+)\(")
_PICTURE = re.compile(r"data:image/(?:gif|jpeg|jpg|png|webp);base64,[A-Za-z0-9+/=]*+")
_IMG = re.compile(r'<img((?: [a-z]+="[^"]*+")*+)>')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*+)"')
_URL = re.compile(r"https?://[^\s<>\"'\x00-\x20]++", re.IGNORECASE)


def safe(html: str, images: Mapping[str, str] | None = None) -> str:
    """An HTML fragment with nothing in it that runs, asks, posts or loads.

    ``images``: ``{content id: data URI}`` for ``cid:`` pictures; every other picture is replaced by
    its alternative text. Links go to http, https, mailto and tel, open a new window and tell
    nobody where from. Linear in the length of ``html``, of which 2,000,000 characters are read.
    """
    pictures = _Pictures(images or {})
    html = html[:LONGEST].replace("\x00", "")
    if len(html) > SMALL or html.count("<") > FEW:
        html = balanced(html)
    cleaned = nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags=GONE,
        attributes=ATTRIBUTES,
        attribute_filter=pictures.attribute,
        strip_comments=True,
        link_rel="noopener noreferrer",
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return _IMG.sub(_picture_or_text, cleaned)


class _Pictures:
    """Decides about each attribute, and counts what the pictures take."""

    def __init__(self, images: Mapping[str, str]):
        self.images = images
        self.left = PICTURES

    def attribute(self, tag: str, name: str, value: str) -> str | None:
        if name == "style":
            return safe_style(value) or None
        if name == "href":
            value = value.strip()
            return value if LINK.fullmatch(value) else None
        if name == "src":
            return self._picture(value)
        if name in NAMES:
            return mark(tag, name, value)
        return value

    def _picture(self, source: str) -> str | None:
        scheme, _, content_id = source.strip().partition(":")
        if scheme.lower() != "cid":
            return None
        picture = self.images.get(content_id) or self.images.get(unquote(content_id).strip("<>")) or ""
        if not picture or len(picture) > self.left or not _PICTURE.fullmatch(picture):
            return None
        self.left -= len(picture)
        return picture


@lru_cache(maxsize=4096)
def safe_style(style: str) -> str:
    """The declarations of a style attribute that only change how text looks in its place."""
    kept = []
    for declaration in style[:10_000].split(";"):
        name, colon, value = declaration.partition(":")
        name, value = name.strip().lower(), value.strip()
        if not colon or name not in PROPERTIES or not _VALUE.fullmatch(value):
            continue
        if all(function.lower() in FUNCTIONS for function in _FUNCTION.findall(value)):
            kept.append(f"{name}: {value}")
    return "; ".join(kept)


def _picture_or_text(found: re.Match) -> str:
    attributes = dict(_ATTRIBUTE.findall(found[1]))
    if "src" in attributes:
        return found[0]
    return escape(unescape(attributes.get("alt", "")), quote=False)


def text_as_html(text: str) -> str:
    """Plain text as an HTML fragment: escaped, line breaks and indents kept, web addresses as links."""
    pieces: list[str] = []
    last = 0
    for found in _URL.finditer(text):
        url = _without_end_marks(found[0])
        if len(url) > 2000:
            continue
        shown = escape(url)
        pieces.append(_escaped(text[last : found.start()]))
        pieces.append(f'<a href="{shown}" target="_blank" rel="noopener noreferrer">{shown}</a>')
        last = found.start() + len(url)
    pieces.append(_escaped(text[last:]))
    return "".join(pieces)


def _without_end_marks(url: str) -> str:
    """``url`` without the marks of the sentence it stands in; a bracket that it opens itself stays."""
    surplus = url.count(")") - url.count("(")
    end = len(url)
    while url[end - 1] in ".,;:!?]}*_…»”’" or (url[end - 1] == ")" and surplus > 0):
        surplus -= url[end - 1] == ")"
        end -= 1
    return url[:end]


def _escaped(text: str) -> str:
    text = escape(text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", ""))
    return text.replace("  ", "&nbsp; ").replace("\t", "&nbsp;&nbsp;&nbsp; ").replace("\n", "<br>\n")


def document(fragment: str) -> str:
    """A whole document for the frame round a fragment that is safe already."""
    return (
        f'<!doctype html><html><head><meta http-equiv="Content-Security-Policy" content="{escape(CSP)}">'
        '<meta charset="utf-8"><meta name="referrer" content="no-referrer"><base target="_blank">'
        "<style>body{margin:12px;font:15px/1.5 system-ui,sans-serif;color:#222}"
        "body{overflow:auto;overflow-wrap:break-word}"
        "img{max-width:100%;height:auto}table{max-width:100%}pre{white-space:pre-wrap}"
        "blockquote{margin:0 0 0 .5em;padding-left:.75em;border-left:2px solid #ccc}</style></head>"
        f"<body>{fragment}</body></html>"
    )
