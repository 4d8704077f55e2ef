"""Which lines of a mail are quoted, or a signature, at its end: of text and of HTML by the same rules."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from .forward_block import header_end, unquoted
from .forward_words import label, separator
from .quote_words import (
    BROKEN,
    are_commented,
    begins_dated,
    is_exact,
    is_of_a_device,
    points_below,
    says_more,
    wrote,
)

Kind = Literal["quote", "signature"]

#: Lines and characters of a signature. What is longer may hold more than that.
SIGNATURE = 15
SIGNATURE_CHARACTERS = 1_500

#: Blank lines between what introduces a quotation and that.
BLANKS = 3

_RULE = re.compile(r"[-_=*—–]{5,}+")


class Line(NamedTuple):
    """A line without the blanks round it. ``kind``: what the HTML says of it. ``dashes``: it is "-- ".

    ``picture``: it shows one, so it is something even without a word.
    """

    text: str
    kind: Kind | Literal["", "attribution", "head", "forward"] = ""
    dashes: bool = False
    picture: bool = False

    @property
    def is_blank(self) -> bool:
        return not self.text and not self.picture

    @property
    def is_quoted(self) -> bool:
        return self.kind == "quote" or (self.text.startswith(">") and not self.text.startswith(">From "))


class Introduction(NamedTuple):
    """Lines ``[start, end)`` that introduce a message.

    ``exact``: what follows is one, up to the end of the mail.
    """

    start: int
    end: int
    kind: Literal["wrote", "head", "forward"]
    exact: bool = False


class Fold(NamedTuple):
    """Lines ``[start, end)`` that can be folded."""

    kind: Kind
    start: int
    end: int


def folds(lines: list[Line], answers: bool, marked: bool = False) -> list[Fold]:
    """What is quoted or signature at the end of a mail, in order. Nothing where all of it is. Linear.

    ``answers``: the subject says that the mail is an answer. ``marked``: the lines are HTML's, where a
    quotation has an end, but for Outlook's. What is forwarded is never folded, and neither is
    anything that may hold, or have below it, a word of the sender's own.
    """
    told = list(introductions(lines))
    if any(one.kind == "forward" for one in told):
        return []
    found: list[Fold] = []
    end = _trimmed(lines, len(lines))
    rest = _to_the_end(lines, [one for one in told if one.kind == "head" or not marked]) if answers else None
    if rest is not None:
        found.append(Fold("quote", rest, end))
        end = _trimmed(lines, rest)
    starts = {past_blanks(lines, one.end): one.start for one in told}
    known = answers or bool(told)
    while fold := (_quote(lines, end, starts, known) or _signature(lines, end)):
        found.append(fold)
        end = _trimmed(lines, fold.start)
    if not end or all(line.is_quoted for line in lines[:end] if not line.is_blank):
        return []
    return _certain(lines, _merged(found[::-1]), end)


def _certain(lines: list[Line], found: list[Fold], end: int) -> list[Fold]:
    """Without quotations in which nobody sees where an answer begins, if the new text speaks of such."""
    own = [line.text for line in lines[:end] if not line.is_quoted]
    quoted = [line.text for fold in found if fold.kind == "quote" for line in lines[fold.start : fold.end]]
    if not quoted or not (points_below(own) or are_commented(quoted)):
        return found
    return found if all(_is_marked(lines, fold) for fold in found if fold.kind == "quote") else []


def _is_marked(lines: list[Line], fold: Fold) -> bool:
    """Whether each line of a quotation begins with ">", but for those that introduce it."""
    first = next((n for n in range(fold.start, fold.end) if lines[n].text.startswith(">")), fold.end)
    return first < fold.end and all(
        line.is_blank or line.text.startswith(">") for line in lines[first : fold.end]
    )


def _merged(found: list[Fold]) -> list[Fold]:
    """Neighbours of one kind as one."""
    out: list[Fold] = []
    for fold in found:
        if out and out[-1].kind == fold.kind:
            out[-1] = out[-1]._replace(end=fold.end)
        else:
            out.append(fold)
    return out


def _trimmed(lines: list[Line], end: int) -> int:
    while end and lines[end - 1].is_blank:
        end -= 1
    return end


def past_blanks(lines: list[Line], number: int) -> int:
    """The next line that is not blank, if it is near."""
    last = min(number + BLANKS, len(lines))
    while number < last and lines[number].is_blank:
        number += 1
    return number


# What introduces a message


def introductions(lines: list[Line]) -> Iterator[Introduction]:
    """The lines that introduce a message, outside of what is quoted, and a forwarded one at its beginning."""
    texts = [line.text for line in lines]
    number = 0
    while number < len(lines):
        found = _introduction(lines, texts, number)
        if found:
            yield found
        number = found.end if found else number + 1


def _introduction(lines: list[Line], texts: list[str], number: int) -> Introduction | None:
    line = lines[number]
    if line.kind == "forward":
        return Introduction(number, number + 1, "forward")
    if line.is_quoted:
        begins = number == 0 or not lines[number - 1].is_quoted
        mark = separator(unquoted(line.text).strip()) if begins else None
        return Introduction(number, number + 1, "forward") if mark and mark.certain else None
    if line.is_blank:
        return None
    if line.kind in ("attribution", "head"):
        return _marked(lines, number)
    if mark := separator(line.text):
        return _announced(lines, texts, number, mark.certain)
    if _RULE.fullmatch(line.text):
        after = past_blanks(lines, number + 1)
        end = _head_end(texts, after)
        return Introduction(number, end, "head", exact=True) if end > after else None
    if (end := _head_end(texts, number)) > number:
        return Introduction(number, end, "head", exact=True)
    return _wrote(lines, texts, number)


def _marked(lines: list[Line], number: int) -> Introduction:
    end = number
    while end < len(lines) and lines[end].kind == lines[number].kind:
        if (mark := separator(lines[end].text)) and mark.certain:
            return Introduction(number, end + 1, "forward")
        end += 1
    is_head = lines[number].kind == "head"
    return Introduction(number, end, "head" if is_head else "wrote", exact=is_head)


def _announced(lines: list[Line], texts: list[str], number: int, forwarded: bool) -> Introduction | None:
    """A line such as "-----Mensaje original-----" with what is told below it."""
    if forwarded:
        return Introduction(number, number + 1, "forward")
    after = past_blanks(lines, number + 1)
    if (end := _head_end(texts, after)) > after:
        return Introduction(number, end, "head", exact=True)
    below = _wrote(lines, texts, after) if after < len(lines) else None
    return below._replace(start=number) if below else Introduction(number, number + 1, "wrote")


def _head_end(texts: list[str], number: int) -> int:
    """Where the headers end that are told from a line on; ``number`` if they are not."""
    return header_end(texts, number) if number < len(texts) and label(texts[number]) else number


def _wrote(lines: list[Line], texts: list[str], number: int) -> Introduction | None:
    """ "On … wrote:", which programs break over several lines."""
    for end in range(number + 1, min(number + BROKEN, len(lines)) + 1):
        last = lines[end - 1]
        if last.is_blank or last.is_quoted:
            return None
        if wrote(texts[number:end]) and (end == number + 1 or begins_dated(texts[number])):
            return Introduction(number, end, "wrote", exact=is_exact(" ".join(texts[number:end])))
    return None


# From the end upwards


def _to_the_end(lines: list[Line], told: list[Introduction]) -> int | None:
    """Where a message begins that no mark ends: it goes on to the end of the mail."""
    for one in told:
        after = past_blanks(lines, one.end)
        if one.exact and not (after < len(lines) and lines[after].is_quoted):
            return one.start
    return None


def _quote(lines: list[Line], end: int, starts: dict[int, int], known: bool) -> Fold | None:
    """The quotation that ends at ``end``, with what introduces it."""
    first = end
    while first and (lines[first - 1].is_quoted or lines[first - 1].is_blank):
        first -= 1
    while first < end and lines[first].is_blank:
        first += 1
    if first == end or not (known or lines[end - 1].kind == "quote"):
        return None
    return Fold("quote", starts.get(first, first), end)


def _signature(lines: list[Line], end: int) -> Fold | None:
    """The signature that ends at ``end``."""
    if end and is_of_a_device(lines[end - 1].text):
        return Fold("signature", end - 1, end)
    if end and lines[end - 1].kind == "signature":
        first = end
        while first and (lines[first - 1].kind == "signature" or lines[first - 1].is_blank):
            first -= 1
        first -= bool(first) and lines[first - 1].dashes
        return Fold("signature", first, end) if _is_signature(lines[first:end]) else None
    for number in range(end - 1, max(end - 2 * SIGNATURE, 0) - 1, -1):
        if lines[number].is_quoted:
            return None
        if lines[number].dashes:
            return Fold("signature", number, end) if _is_signature(lines[number + 1 : end]) else None
    return None


def _is_signature(lines: list[Line]) -> bool:
    filled = [line.text for line in lines if line.text]
    return (
        len(filled) <= SIGNATURE
        and sum(map(len, filled)) <= SIGNATURE_CHARACTERS
        and not any(map(says_more, filled))
    )
