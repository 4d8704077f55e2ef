"""What a text or an HTML document says to who reads it, and with which of its characters it says so.

A name may be written with entities, in an address of the web, with marks of its own and with tags in between.
A reading undoes one layer of that after the other, and remembers where in the source each character stands.
"""

import codecs
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import unescape

#: A tag, as far as a browser would take it for one; what else has a bracket is read as text.
TAG = re.compile(r"<[!?/a-zA-Z][^<>]*>")

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")
#: A tracking link has the address it counts encoded twice: %2540.
_PERCENT = re.compile(r"(?:%(?:25)*+[0-9A-Fa-f]{2})+")
#: Nobody sees these: soft hyphens, joiners, spaces without a width.
_UNSEEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+")
#: Blanks, with the marks of a quotation where a line was broken.
_BLANK = re.compile(r"\s+(?:>[> \t]*)?")

#: One character with the stretch of the text it is read from.
Read = tuple[str, int, int]


class Reading:
    """``text``, and by its index where each character begins and ends in the source.

    What is only there for the reading, as the break between two tags, is no part of the source: it begins
    where it ends.
    """

    def __init__(self, text: str, starts: Sequence[int], ends: Sequence[int]):
        self.text, self.starts, self.ends = text, starts, ends

    @classmethod
    def of(cls, source: str) -> "Reading":
        """The source as it is."""
        return cls(source, range(len(source)), range(1, len(source) + 1))

    def with_layer(
        self, pattern: re.Pattern[str], read: Callable[[re.Match[str]], Iterable[Read]]
    ) -> "Reading":
        """What ``pattern`` finds, read as ``read`` says: its characters, with places in the match."""
        chars: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        last = 0
        for match in pattern.finditer(self.text):
            begin, end = match.span()
            chars.append(self.text[last:begin])
            starts.extend(self.starts[last:begin])
            ends.extend(self.ends[last:begin])
            for char, low, high in read(match):
                chars.append(char)
                place = self.starts[begin + low]
                starts.append(place)
                ends.append(self.ends[begin + high - 1] if high > low else place)
            last = end
        if not last:
            return self
        chars.append(self.text[last:])
        starts.extend(self.starts[last:])
        ends.extend(self.ends[last:])
        return Reading("".join(chars), starts, ends)

    def pieces(self, low: int, high: int) -> list[tuple[int, int]]:
        """The stretches of the source that ``text[low:high]`` was read from, joined where they touch."""
        found: list[tuple[int, int]] = []
        for start, end in zip(self.starts[low:high], self.ends[low:high], strict=True):
            if found and start <= found[-1][1]:
                found[-1] = (found[-1][0], max(end, found[-1][1]))
            elif end > start:
                found.append((start, end))
        return found


def readings(source: str, is_html: bool) -> Iterator[Reading]:
    """The ways to read a source: of HTML what it shows, with and without breaks, and what its tags hold."""
    whole = Reading.of(source)
    if not is_html:
        yield _plain(whole)
        return
    yield _plain(whole.with_layer(TAG, lambda match: ()))
    yield _plain(whole.with_layer(TAG, lambda match: [(" ", 0, 0)]))
    yield _plain(_tags(source))


def without_accents(reading: Reading) -> Reading:
    """The same, each letter without its marks: a name is written with and without them."""
    if reading.text.isascii():
        return reading
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for char, start, end in zip(reading.text, reading.starts, reading.ends, strict=True):
        if unicodedata.combining(char):
            if ends:
                ends[-1] = max(ends[-1], end)
            continue
        chars.append(bare(char))
        starts.append(start)
        ends.append(end)
    return Reading("".join(chars), starts, ends)


def bare(char: str) -> str:
    """A letter without its marks. What is taken apart into more than those, as Korean is, stays whole."""
    if char.isascii():
        return char
    first, *marks = unicodedata.normalize("NFD", char)
    return first if all(map(unicodedata.combining, marks)) else char


def _plain(reading: Reading) -> Reading:
    reading = reading.with_layer(_ENTITY, _entity).with_layer(_PERCENT, _percent)
    reading = reading.with_layer(_UNSEEN, lambda match: ())
    return reading.with_layer(_BLANK, _blank)


def _tags(source: str) -> Reading:
    """What stands in the tags, one after the other."""
    texts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in TAG.finditer(source):
        begin, end = match.span()
        texts += [match[0], "\n"]
        starts += [*range(begin, end), end]
        ends += [*range(begin + 1, end + 1), end]
    return Reading("".join(texts), starts, ends)


def _blank(match: re.Match[str]) -> list[Read]:
    """A space alone goes with the words about it; line breaks and the marks of quotations stay."""
    return [(" ", 0, 1 if len(match[0]) == 1 else 0)]


def _entity(match: re.Match[str]) -> list[Read]:
    """An entity without its semicolon may end before the match does; then the rest stands for itself."""
    found, whole = unescape(match[0]), match[0]
    for size in range(len(whole), 1, -1):
        if found.endswith(whole[size:]) and unescape(whole[:size]) != whole[:size]:
            read = unescape(whole[:size])
            rest = [(whole[at], at, at + 1) for at in range(size, len(whole))]
            return [(char, 0, size) for char in read] + rest
    return [(char, at, at + 1) for at, char in enumerate(whole)]


def _percent(match: re.Match[str]) -> Iterator[Read]:
    """Bytes of UTF-8 (RFC 3986 2.5); what is none is read as a character nobody looks for."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    start = 0
    for part in re.finditer(r"%(?:25)*+([0-9A-Fa-f]{2})", match[0]):
        for char in decoder.decode(bytes([int(part[1], 16)])):
            yield char, start, part.end()
            start = part.end()
