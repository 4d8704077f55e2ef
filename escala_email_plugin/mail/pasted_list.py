"""What somebody pastes into a list: entries, and what was not understood, line by line.

Addresses and domains, separated by line ends, commas, semicolons or tabs; ``Name <ana@example.com>`` as
mail programs write it; a spreadsheet's columns, of which names and telephone numbers are passed over
where the line has an address; ``#`` begins a comment.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .patterns import BadPattern, read

#: Characters read at most, and entries taken.
LONGEST, MOST = 1_000_000, 20_000

#: Lines that were not understood and are told of, and characters of each that are shown.
TOLD, SHOWN = 1_000, 80

_SEPARATORS = re.compile(r"[,;\t]")
_QUOTED = re.compile(r'"[^"\n]*+"')
_BRACKETS = re.compile(r"<([^<>]*+)>")
_COMMENT = re.compile(r"(?:^|\s)#.*+")


@dataclass(frozen=True)
class NotUnderstood:
    """A line, or a piece of one. ``number`` counts from 1.

    ``code``: BadPattern's, or beside (a domain in a line that has an address).
    """

    number: int
    text: str
    code: str

    @property
    def shown(self) -> str:
        """Its beginning, without what cannot be seen."""
        text = "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in self.text)
        return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


@dataclass
class Pasted:
    """``entries``: canonical, each once, in their order. ``is_cut``: there was more than is read."""

    entries: list[str] = field(default_factory=list)
    not_understood: list[NotUnderstood] = field(default_factory=list)
    duplicates: int = 0
    is_cut: bool = False


def pasted(text: str) -> Pasted:
    """Read what was pasted. Never raises; linear in the length of ``text``.

    What is beyond the bounds is left, and the outcome ``is_cut``.
    """
    found = Pasted(is_cut=len(text) > LONGEST)
    seen: dict[str, None] = {}
    for number, line in enumerate(text[:LONGEST].removeprefix("\ufeff").splitlines(), 1):
        entries, bad = _line(number, line)
        for one in entries:
            found.duplicates += one in seen
            seen.setdefault(one)
        if len(seen) > MOST or len(found.not_understood) > TOLD:
            found.is_cut = True
            break
        found.not_understood += bad
    found.entries = list(seen)[:MOST]
    return found


def _line(number: int, line: str) -> tuple[list[str], list[NotUnderstood]]:
    """What a line has of entries and of what is none.

    A column without an @ beside an address is a name or the like, and no complaint. A domain there may be a
    website, which must not leave out everybody in it unasked.
    """
    good: list[str] = []
    bad: list[NotUnderstood] = []
    for piece in _pieces(_COMMENT.sub("", line)):
        try:
            good.append(read(piece))
        except BadPattern as error:
            bad.append(NotUnderstood(number, piece, error.code))
    if any("@" in one for one in good):
        beside = [NotUnderstood(number, one, "beside") for one in good if "@" not in one]
        good, bad = [one for one in good if "@" in one], [one for one in bad if "@" in one.text] + beside
    return good, bad


def _pieces(line: str) -> Iterator[str]:
    """The columns; of one with an address in angle brackets that."""
    if '"' in line and "@" in line:
        line = _QUOTED.sub(_without_separators, line)
    for column in _SEPARATORS.split(line):
        inside = [one for one in _BRACKETS.findall(column) if "@" in one]
        for piece in inside or [column]:
            piece = piece.strip().strip("\"'").strip()
            if piece:
                yield re.sub("(?i)^mailto:", "", piece)


def _without_separators(quoted: re.Match) -> str:
    """A spreadsheet quotes a name with a comma in it, and sometimes every column."""
    return f'"{_SEPARATORS.sub(" ", quoted[0][1:-1])}"'
