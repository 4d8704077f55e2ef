"""Plain text as HTML."""

import re
from collections.abc import Iterator
from html import escape

_URL = re.compile(r"https?://[^\s<>\"'\x00-\x20]++", re.IGNORECASE)


def text_as_html(text: str) -> str:
    """Plain text as an HTML fragment: escaped, line breaks and indents kept, web addresses as links."""
    pieces: list[str] = []
    for before, url in with_links(text):
        pieces.append(_escaped(before))
        if url:
            shown = escape(url)
            pieces.append(f'<a href="{shown}" target="_blank" rel="noopener noreferrer">{shown}</a>')
    return "".join(pieces)


def with_links(text: str) -> Iterator[tuple[str, str]]:
    """A text in pieces: what stands before a web address, and that; at last the rest, and ""."""
    last = 0
    for found in _URL.finditer(text):
        url = _without_end_marks(found[0])
        if len(url) > 2000:
            continue
        yield text[last : found.start()], url
        last = found.start() + len(url)
    yield text[last:], ""


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
