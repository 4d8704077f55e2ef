"""A person taken out of what others wrote: address and names, however they are encoded.

What is recognised is what ``readings`` reads: entities, web addresses, tags and line breaks in between. Parts
of a name are left, for a first name is many people's. Pure, and linear in the length of what is read.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress

import idna

from .readings import Reading, bare, readings, without_accents

#: What stands in their place. It is no word, no markup, and nothing that is looked for.
MARK = "[…]"

#: Names of one person that are looked for, the longest first, and words of one.
NAMES, WORDS = 20, 6

#: Letters that a name has at least; of scripts without capitals, where one letter is a word, fewer.
LETTERS, SIGNS = 3, 2

#: Times that a text is read at most: a mark in it can make out more.
PASSES = 5

#: The address of somebody else may end or go on where this one does: maria.ana@…, …@cliente.com.mx.
_BEFORE = r"(?<![^\W_])(?<![^\W_][._+-])"
_AFTER = r"(?![^\W_]|-[^\W_]|\.[^\W_])"


class Redactor:
    """Takes one person out of texts. ``addresses``: canonical ones; ``names``: as they were shown."""

    def __init__(self, addresses: Iterable[str], names: Iterable[str] = ()):
        forms = sorted({form for one in addresses for form in spellings(one)})
        told = sorted({" ".join(_words(one)) for one in names if is_telling(one)}, key=len, reverse=True)
        self._addresses = _any(f"{_BEFORE}{re.escape(form)}{_AFTER}" for form in forms)
        self._names = _any((_name(one) for one in told[:NAMES] if " " in one), re.IGNORECASE)
        self._words = _any((_name(one) for one in told[:NAMES] if " " not in one), 0)

    def text(self, source: str) -> str:
        """A plain text without the person."""
        return self._redacted(source, is_html=False)

    def html(self, source: str) -> str:
        """An HTML document without the person; its tags stay as they are but for what they hold of it."""
        return self._redacted(source, is_html=True)

    def _redacted(self, source: str, is_html: bool) -> str:
        for _ in range(PASSES):
            redacted = self._once(source, is_html)
            if redacted == source:
                break
            # What stood right behind an address was a name, so the address ends there after all.
            source = redacted
        return source

    def _once(self, source: str, is_html: bool) -> str:
        found = [pieces for reading in readings(source, is_html) for pieces in self._found(reading)]
        return _without(source, found) if found else source

    def _found(self, reading: Reading) -> Iterator[list[tuple[int, int]]]:
        plain = without_accents(reading) if self._names or self._words else reading
        for pattern, where in ((self._addresses, reading), (self._names, plain), (self._words, plain)):
            if pattern:
                for match in pattern.finditer(where.text):
                    yield where.pieces(*match.span())


def spellings(address: str) -> set[str]:
    """The ways to write a canonical address: its domain as IDNA has it and as people do."""
    local, _, domain = address.rpartition("@")
    found = {address}
    with suppress(idna.IDNAError, UnicodeError):
        found.add(f"{local}@{idna.decode(domain)}")
    return found | {unicodedata.normalize("NFD", one) for one in found}


def is_telling(name: str) -> bool:
    """Whether a shown name is one to look for: no address, and long enough not to be any word."""
    letters = [char for char in name if char.isalpha()]
    signs = [char for char in letters if unicodedata.category(char) == "Lo"]
    return "@" not in name and (len(letters) >= LETTERS or len(signs) >= SIGNS)


def _words(name: str) -> list[str]:
    """Without commas, quotes and accents: “Gómez, Ana” → Gomez Ana."""
    letters = unicodedata.normalize("NFC", name)
    told = "".join(bare(char) for char in letters if not unicodedata.combining(char))
    return re.findall(r"[^\s,;\"<>()]+", told)[:WORDS]


def _name(name: str) -> str:
    """The name in any order that is usual: Ana Gómez, Gómez Ana, Gómez, Ana."""
    words = [re.escape(word) for word in name.split()]
    orders = [words[at:] + words[:at] for at in range(len(words))]
    told = "|".join(r",?[ +_]".join(order) for order in orders)
    bound = any(unicodedata.category(char) == "Lo" for char in name)  # no blanks between words
    return f"(?:{told})" if bound else rf"(?<![^\W_])(?:{told})(?![^\W_])"


def _any(patterns: Iterable[str], flags: int = re.IGNORECASE) -> re.Pattern[str] | None:
    joined = "|".join(patterns)
    return re.compile(joined, flags) if joined else None


def _without(source: str, found: list[list[tuple[int, int]]]) -> str:
    """Each of ``found``, a list of stretches, replaced by one mark where it begins."""
    begins = {pieces[0][0] for pieces in found if pieces}
    stretches = sorted(piece for pieces in found for piece in pieces)
    kept, last = [], 0
    for start, end in stretches:
        if start >= last:
            kept += [source[last:start], MARK if start in begins else ""]
        last = max(last, end)
    return "".join([*kept, source[last:]])
