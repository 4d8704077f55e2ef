"""Where in the lines of a mail a forwarded message begins, and what is told of it there."""

import re
from dataclasses import dataclass, field

from .forward_words import label, separator
from .text import introduces

#: Headers that must be told: below a line that announces a forwarded message, and where no line does.
ANNOUNCED = 2
UNANNOUNCED = 3

#: Blank lines between two of them, which HTML made into text has.
BLANKS = 3

#: Characters from which on a line of a subject may have been broken by the program.
BROKEN = 55

#: Headers between them that nobody needs.
OTHERS = 10

# Yahoo's text puts all of them in one line, without a blank in between.
_IN_ONE_LINE = re.compile(
    r"(?=(?:From|Date|Sent|To|Cc|CC|Subject|De|Fecha|Data|Enviad[oa]|Para|As+unto|Envoyé|À|Objet|"
    r"Von|Datum|Gesendet|An|Betreff) ?:)"
)


@dataclass(slots=True)
class Block:
    """A forwarded message in ``lines``: announced from ``start`` on, its text from ``end`` on.

    ``fields``: what is told of it, by "from", "date", "to", "cc", "subject". ``quoted``: each line of it
    begins with ">". Without ``fields``: an answer quotes there, nothing was forwarded.
    """

    start: int = 0
    end: int = 0
    fields: dict[str, str] = field(default_factory=dict)
    english: bool = True  #: all words are English
    quoted: bool = False


def find(lines: list[str], told: bool) -> Block | None:
    """The first message that is quoted in a mail. None where there is none. Linear.

    ``told``: the subject says that the mail forwards. Without it only a line that announces a forwarded
    message counts, for answers quote in the same way. A block without fields: an answer quotes first.
    """
    for number, line in enumerate(lines):
        bare = line.strip()
        if bare and (found := _at(lines, number, bare, told)):
            return found
    return None


def _at(lines: list[str], number: int, bare: str, told: bool) -> Block | None:
    """The message that begins with one line, which is ``bare`` without the blanks around it."""
    quoted = bare[0] == ">"
    mark = separator(unquoted(bare).strip() if quoted else bare)
    if mark and (not quoted or told or mark.apple):
        found, certain, least = _below(lines, number + 1, mark.rest), mark.certain or told, ANNOUNCED
    elif quoted:
        return None
    elif label(bare):
        found, certain, least = _block(lines, number), told, UNANNOUNCED
    else:
        return Block() if introduces(bare, lines[number + 1 : number + 3]) else None
    if not _tells_enough(found, least):
        return None
    found.start = number
    return found if certain else Block()


def _tells_enough(found: Block, least: int) -> bool:
    told = found.fields.keys() & {"from", "date", "to", "subject"}
    return "from" in told and len(told) >= least and (least < UNANNOUNCED or "date" in told)


def _below(lines: list[str], number: int, rest: str) -> Block:
    """What is told below a line that announces it, or (``rest``) in that line itself."""
    if rest:
        found = _block(_IN_ONE_LINE.split(rest), 1)
        found.end = number
        return found
    first = number
    while first < len(lines) and first - number < BLANKS and not lines[first].strip("> \t\xa0"):
        first += 1
    return _block(lines, first, first < len(lines) and lines[first].lstrip().startswith(">"))


def _block(lines: list[str], number: int, quoted: bool = False) -> Block:
    """The headers that are told from a line on, each once: the message itself may begin with such lines."""
    found = Block(end=number, quoted=quoted)
    told: dict[str, list[str]] = {}
    last, blanks, before, others = "", 0, "", 0
    while number < len(lines) and blanks <= BLANKS:
        bare = (unquoted(lines[number]) if quoted else lines[number]).strip()
        number += 1
        if not bare:
            blanks += 1
            continue
        if one := label(bare):
            others += one.kind == "other"
            if _is_the_messages_own(one.kind, told, blanks) or others > OTHERS:
                break
            last = one.kind
            told[last] = [one.value]
            found.english = found.english and one.english
        elif last and not blanks and _goes_on(last, told[last], bare, before, lines[number : number + 1]):
            told[last].append(bare)
        else:
            break
        blanks, before, found.end = 0, bare, number
    found.fields = {kind: " ".join(pieces) for kind, pieces in told.items()}
    return found


def header_end(lines: list[str], number: int) -> int:
    """Where headers end that are told from a line on; ``number`` if they do not say who wrote, and when."""
    found = _block(lines, number)
    return found.end if _tells_enough(found, UNANNOUNCED) else number


def _is_the_messages_own(kind: str, told: dict[str, list[str]], blanks: int) -> bool:
    """Whether a line that looks like a header is the message's first: all that it could tell is told."""
    return (
        kind in told if kind != "other" else bool(blanks) and told.keys() >= {"from", "date", "to", "subject"}
    )


def _goes_on(kind: str, pieces: list[str], line: str, before: str, after: list[str]) -> bool:
    """Whether a program broke a header's line before ``line``. ``before``, ``after``: those around it."""
    if kind == "subject":
        # Below the last header the message itself begins, in some programs at once.
        return len(before) >= BROKEN and any(label(one.strip()) for one in after)
    if kind == "from":
        return "@" in line and len(pieces) == 1 and "@" not in pieces[0]
    return kind in ("to", "cc", "bcc") and ("@" in line or before.endswith((",", ";")))


def unquoted(line: str) -> str:
    """A line without its first ">"."""
    bare = line.lstrip()
    return bare[1:].removeprefix(" ") if bare.startswith(">") else line
