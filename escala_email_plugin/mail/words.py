"""The words of a text as they are searched for: no case, no accents, in characters that every database takes.

The same for what is stored and for what somebody types, so that "cotizacion" finds "Cotización".
"""

import re
import unicodedata
from collections.abc import Iterator

#: Characters of a word that count; what begins alike is the same beyond them.
LONGEST = 40

# What is written above, below and through letters, once they stand apart (NFKD), and what is not seen at all.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u1ab0-\u1aff"
    "\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f"
    "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
)
_MARK = re.compile(f"[{_MARKS}]+")

# Where words are written without spaces between them, each character is one.
_CHARACTERS = "\u3040-\u30ff\u3400-\u9fff"

#: A word as it stands in a text, with its marks.
WORD = re.compile(f"[{_CHARACTERS}]|(?:(?![{_CHARACTERS}])[^\\W_]|[{_MARKS}])+")

_PLAIN = re.compile("[a-z0-9]+")
_FOLDED = re.compile(f"[{_CHARACTERS}]|(?:(?![{_CHARACTERS}])[^\\W_])+")

# "CotizacionFinal2026" is three words as well.
_BORDERS = re.compile(
    r"(?<=[a-zà-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])",
)


def words(text: str) -> Iterator[str]:
    """The words of ``text`` in their order, each of a to z, 0 to 9 and "_": anything else is spelt by number.

    Whatever one begins with begins its spelling: a search by beginnings finds what people mean.
    """
    if text.isascii():
        for word in _PLAIN.findall(text.lower()):
            yield word[:LONGEST]
        return
    folded = _folded(text)
    if folded.isascii():
        yield from words(folded)
        return
    for word in _FOLDED.findall(folded):
        yield _spelt(word[:LONGEST])


def words_of_name(name: str) -> Iterator[str]:
    """Those of a file's name: as it stands, and taken apart where letters, capitals and digits meet."""
    yield from words(name)
    apart = _BORDERS.sub(" ", unicodedata.normalize("NFC", name))
    if apart != name:
        yield from words(apart)


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return _MARK.sub("", apart)


def _spelt(word: str) -> str:
    if word.isascii():
        return word
    return "".join(char if char.isascii() else f"_{ord(char):x}_" for char in word)
