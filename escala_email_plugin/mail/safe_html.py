"""HTML from strangers, made fit to be shown in a sandboxed frame.

The frame's content security policy is what stops remote content; this is the second layer.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import unquote

import nh3

from .balance import balanced
from .body_document import CSP, document
from .finish_html import Finished, Manner, finish
from .html_rules import ATTRIBUTES, FUNCTIONS, GONE, PROPERTIES, TAGS
from .quote_marks import NAMES, mark
from .text_as_html import text_as_html

__all__ = ["CSP", "Finished", "Manner", "document", "safe", "safe_style", "shown", "text_as_html"]

#: Characters of pictures in one document: a picture may be shown many times.
PICTURES = 20_000_000

#: Pictures from outside in one document: no reader's browser is made to ask somebody for thousands.
REMOTE = 300

#: Characters of HTML that are shown; what is longer is cut.
LONGEST = 2_000_000

#: Characters and tags of a document that no parser can be slow on.
SMALL = 50_000
FEW = 1_000

LINK = re.compile(r"(?:https?://|mailto:|tel:)[^\x00-\x20\x7f]+", re.IGNORECASE)
_VALUE = re.compile(r"[\w\s.,#%'\"!()+/-]*+")
#: Units of the frame, which grows with what is in it.
_OF_THE_FRAME = re.compile(r"\d(?:[sld]?v(?:h|w|min|max|i|b)|cq\w+)\b", re.IGNORECASE)
_FUNCTION = re.compile(r"(?<![\w-])([\w-]*+)\(")
_PICTURE = re.compile(r"data:image/(?:gif|jpeg|jpg|png|webp);base64,[A-Za-z0-9+/=]*+")
_REMOTE = re.compile(r"(?:https?:)?//[^/\\\x00-\x20\x7f][^\x00-\x20\x7f]*+", re.IGNORECASE)


def safe(html: str, images: Mapping[str, str] | None = None) -> str:
    """``shown`` without any picture from outside, as the fragment alone."""
    return shown(html, images).html


def shown(html: str, images: Mapping[str, str] | None = None, manner: Manner | None = None) -> Finished:
    """An HTML fragment with nothing in it that runs, asks, posts or loads, and what was left out of it.

    ``images``: ``{content id: data URI}`` for ``cid:`` pictures; every other picture is replaced by
    its alternative text, unless ``manner`` lets the reader's browser fetch it. Links go to http, https,
    mailto and tel, open a new window and tell nobody where from. Linear in the length of ``html``, of which
    2,000,000 characters are read.
    """
    pictures = _Pictures(images or {})
    is_cut = len(html) > LONGEST
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
    return finish(cleaned, pictures.remote, manner or Manner(), is_cut)


class _Pictures:
    """Decides about each attribute, and counts what the pictures take."""

    def __init__(self, images: Mapping[str, str]):
        self.images = images
        self.left = PICTURES
        #: The addresses outside. The HTML only has their numbers, so that none can slip through.
        self.remote: list[str] = []

    def attribute(self, tag: str, name: str, value: str) -> str | None:
        if name == "style":
            return safe_style(value) or None
        if name == "href":
            value = value.strip()
            return value if LINK.fullmatch(value) else None
        if name == "src":
            return self._picture(value.strip())
        if name in NAMES:
            return mark(tag, name, value)
        return value

    def _picture(self, source: str) -> str | None:
        if _REMOTE.fullmatch(source):
            return self._outside(source)
        scheme, _, content_id = source.partition(":")
        if scheme.lower() != "cid":
            return None
        picture = self.images.get(content_id) or self.images.get(unquote(content_id).strip("<>")) or ""
        if not picture or len(picture) > self.left or not _PICTURE.fullmatch(picture):
            return None
        self.left -= len(picture)
        return picture

    def _outside(self, source: str) -> str | None:
        if len(self.remote) >= REMOTE:
            return None
        # Encrypted or not at all.
        self.remote.append("https:" + source[source.index("//") :])
        return f"remote:{len(self.remote) - 1}"


@lru_cache(maxsize=4096)
def safe_style(style: str) -> str:
    """The declarations of a style attribute that only change how text looks in its place."""
    kept = []
    for declaration in style[:10_000].split(";"):
        name, colon, value = declaration.partition(":")
        name, value = name.strip().lower(), value.strip()
        if not colon or name not in PROPERTIES or not _VALUE.fullmatch(value):
            continue
        if _OF_THE_FRAME.search(value):
            continue
        if all(function.lower() in FUNCTIONS for function in _FUNCTION.findall(value)):
            kept.append(f"{name}: {value}")
    return "; ".join(kept)
