"""The words that were searched, marked where they are shown."""

import re
from collections.abc import Iterator

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from ..mail.words import WORD, words, words_of_name
from .search import BEGINNING, wanted

#: Characters of a text round the first word that was found.
AROUND = 160

#: Characters of a text that are looked through for it.
LOOKED_AT = 100_000

#: Before a quoted line, as often as it was quoted (RFC 3676 4.5).
_QUOTED = re.compile(r"^[ \t]*>[> \t]*", re.MULTILINE)

_BLANKS = re.compile(r"\s+")


def marked(text: str, searched: str) -> SafeString:
    """``text`` escaped, with ``<mark>`` round the words that ``searched`` finds in it."""
    out, last = [], 0
    for start, end in _found(text, wanted(searched)):
        out += [escape(text[last:start]), "<mark>", escape(text[start:end]), "</mark>"]
        last = end
    return mark_safe("".join([*out, escape(text[last:])]))  # noqa: S308 (each piece is escaped)


def holds(text: str, searched: str) -> bool:
    """Whether any of the words stands in ``text``."""
    return next(_found(text, wanted(searched)), None) is not None


def names(name: str, searched: str) -> bool:
    """Whether the name of a file holds one of the words, also inside of it where it is written as one."""
    some = wanted(searched)
    return any(_matches(word, some) for word in words_of_name(name))


def window(text: str, searched: str) -> str:
    """A piece of ``text`` round the first of the words, or "" where none stands in it; without the marks of
    quoted lines.
    """
    text = _QUOTED.sub("", text[:LOOKED_AT])
    place = next(_found(text, wanted(searched)), None)
    if place is None:
        return ""
    start = max(0, place[0] - AROUND // 3)
    # Not from the middle of a word.
    start = text.find(" ", start, place[0]) + 1 if start and " " in text[start : place[0]] else start
    piece = _BLANKS.sub(" ", text[start : start + AROUND]).strip()
    return f"{'…' if start else ''}{piece}{'…' if start + AROUND < len(text) else ''}"


def _found(text: str, some: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    for place in WORD.finditer(text) if some else ():
        if any(_matches(word, some) for word in words(place[0])):
            yield place.span()


def _matches(word: str, some: tuple[str, ...]) -> bool:
    return any(word.startswith(one) if len(one) >= BEGINNING else word == one for one in some)
