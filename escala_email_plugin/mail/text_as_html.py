"""Plain text as HTML."""

import re
from html import escape

_URL = re.compile(r"https?://[^\s<>\"'\x00-\x20]++", re.IGNORECASE)


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
