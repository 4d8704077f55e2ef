"""What in a mail is new, and what is quoted or a signature. Where it is not certain, it is new."""

from dataclasses import dataclass
from typing import Literal

from .forward_words import prefix
from .quote_html import fold_html
from .quote_lines import Fold, Line, folds, introductions, past_blanks

__all__ = ["Part", "fold_html", "fold_text", "new_text"]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a text."""

    text: str
    kind: Literal["new", "quote", "signature"]


def fold_text(text: str, subject: str = "") -> list[Part]:
    """``text`` in pieces, which put together are ``text`` again. Linear; never raises.

    Not new are a quotation that ends the mail, with the line that introduces it, and signatures above and
    below it. A quotation without ">" is only known in an answer, which its ``subject`` tells.
    """
    pieces = text.split("\n")
    lines = _lines(pieces)
    starts = [0]
    for piece in pieces:
        starts.append(starts[-1] + len(piece) + 1)
    starts[-1] = len(text)
    out: list[Part] = []
    last = 0
    for fold in _folds(lines, subject):
        _add(out, text[starts[last] : starts[fold.start]], "new")
        _add(out, text[starts[fold.start] : starts[fold.end]], fold.kind)
        last = fold.end
    _add(out, text[starts[last] :], "new")
    return out


def _add(out: list[Part], text: str, kind: Literal["new", "quote", "signature"]) -> None:
    """Add a piece; blank lines belong to the one before."""
    if kind == "new" and out and not text.strip():
        out[-1] = Part(out[-1].text + text, out[-1].kind)
    elif text:
        out.append(Part(text, kind))


def _lines(pieces: list[str]) -> list[Line]:
    return [Line(piece.strip(), dashes=piece.rstrip("\r") == "-- ") for piece in pieces]


def _folds(lines: list[Line], subject: str) -> list[Fold]:
    told = prefix(subject)
    return [] if told == "forward" else folds(lines, told == "reply")


def new_text(text: str, subject: str = "") -> str:
    """Only what is new in ``text``: also without what is quoted between answers. Linear; never raises.

    A text with nothing new, and what is forwarded, is returned whole.
    """
    own = "".join(part.text for part in fold_text(text, subject) if part.kind == "new")
    pieces = own.split("\n")
    lines = _lines(pieces)
    told = list(introductions(lines))
    if prefix(subject) == "forward" or any(one.kind == "forward" for one in told):
        return own.strip()
    left_out = {number for number, line in enumerate(lines) if line.is_quoted}
    for one in told:
        if past_blanks(lines, one.end) in left_out:
            left_out.update(range(one.start, one.end))
    kept = "\n".join(piece for number, piece in enumerate(pieces) if number not in left_out).strip()
    return kept or text.strip()
