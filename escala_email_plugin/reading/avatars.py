"""A face for somebody of whom no picture is fetched: letters, and a colour that stays the same."""

import unicodedata
import zlib
from dataclasses import dataclass

#: The colours the style sheet has (``list.css``).
COLOURS = 8


@dataclass(frozen=True)
class Avatar:
    """``initials``: one or two letters; ``colour``: which of the ``COLOURS``."""

    initials: str
    colour: int


def avatar(name: str, address: str) -> Avatar:
    """That of a person. The colour is the address's, so a person who goes by two names keeps it."""
    words = [] if "@" in name else [word for word in map(_letter, name.split()) if word]
    letters = words[0] + words[-1] if len(words) > 1 else "".join(words)
    return Avatar(letters or _letter(address) or "?", zlib.crc32(address.encode()) % COLOURS)


def _letter(word: str) -> str:
    """The first letter or digit of ``word``, a capital where there is one; "" where it has none.

    Without the marks on it: a name may carry hundreds of them.
    """
    first = next((one for one in word if one.isalnum()), "")
    bare = unicodedata.normalize("NFC", first).upper()
    # Some letters have two capitals, “ß” for one.
    return bare[:1]
