"""The parts of a message (RFC 2045, 2046), found without recursion and without copying.

The ``email`` package recurses (1,000 nested parts end it), keeps every line as an object, and reads
differently in each Python; this walks over offsets of the raw bytes instead and gives up by name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

from . import transfer
from .charsets import raw_text
from .parameters import parameters
from .transfer import Raw

MAX_DEPTH = 100
MAX_PARTS = 1000
MAX_HEADERS = 1 << 20

#: Bytes of a message whose parts are kept once they are decoded.
KEPT = 1 << 20

_HEADER = re.compile(rb"([!-9;-~]++)[ \t]*+:")
# A header of which nothing is missing, with the lines it goes on in: nearly every one.
_WHOLE_HEADER = re.compile(rb"([!-9;-~]++)[ \t]*+:([^\n]*+\n(?:[ \t][^\n]*+\n)*+)(?![ \t])")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,60}")
# A boundary nobody announced: a line of its own before something like a part's header.
_LOST_BOUNDARY = re.compile(rb"^--([^\r\n]{1,200})\r?\n(?=content-)", re.MULTILINE | re.IGNORECASE)
_LINE_ENDS = re.compile(rb"[\r\n]*+")
_FROM_LINE = re.compile(rb">?From ")
# What is left of a line that says nothing more; its own end belongs to it.
_BLANK = re.compile(rb"[ \t\r\x0b\x0c]*+(\n|\Z)")


class Unreadable(Exception):
    """Nothing sensible can be read of a message: ``code`` says why, and nothing of the content is told."""

    def __init__(self, code: str, detail: str = ""):
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}" if self.detail else self.code


@dataclass(slots=True)
class Entity:
    """A message or one of its parts: its headers, and where its body lies in ``raw``."""

    raw: Raw = field(repr=False)
    headers: dict[str, list[bytes]]
    start: int
    end: int
    default_type: str = "text/plain"
    content_type: str = field(init=False)
    type_parameters: dict[str, str] = field(init=False)
    disposition: str = field(init=False)
    disposition_parameters: dict[str, str] = field(init=False)
    parts: list["Entity"] = field(init=False, default_factory=list)
    _content: bytes | None = field(init=False, default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        told, self.type_parameters = parameters(self.first("content-type"))
        told = told.replace(" ", "")
        self.content_type = told if _TYPE.fullmatch(told) else self.default_type
        self.disposition, self.disposition_parameters = parameters(self.first("content-disposition"))

    def first(self, name: str) -> bytes:
        """The raw value of a header, the first if repeated; b"" if absent."""
        values = self.headers.get(name)
        return values[0] if values else b""

    def text(self, name: str) -> str:
        """The first value of a header, unfolded; bytes that are no UTF-8 stand as surrogates."""
        return raw_text(self.first(name))

    def body(self) -> bytes:
        """The body as it lies there."""
        return self.raw[self.start : self.end]

    def pieces(self) -> Iterator[bytes]:
        """The body with its transfer encoding undone as far as it goes, a bounded piece at a time, as often
        as asked. Never raises.
        """
        encoding = self.first("content-transfer-encoding")
        found = transfer.pieces(self.raw, self.start, self.end, encoding)
        if len(self.raw) > KEPT:
            return found
        if self._content is None:
            # An attachment is read twice, for its hash and for its file; decoding is the slow part.
            self._content = b"".join(found)
        return iter((self._content,))

    def content(self, limit: int | None = None) -> bytes:
        """What ``pieces`` gives, or its first ``limit`` bytes, at once."""
        if limit is None:
            return b"".join(self.pieces())
        found, length = [], 0
        for piece in self.pieces():
            found.append(piece)
            length += len(piece)
            if length >= limit:
                break
        return b"".join(found)[:limit]


def read(raw: Raw) -> Entity:
    """The message with its tree of parts.

    Raises Unreadable: "empty", "headers_too_large", "too_deep" (MAX_DEPTH), "too_many_parts" (MAX_PARTS).
    """
    if raw.find(b"\n") < 0 <= raw.find(b"\r"):
        raw = _with_line_feeds(raw)
    start = _LINE_ENDS.match(raw).end()  # type: ignore[union-attr]  # matches the empty string at least
    if start == len(raw):
        raise Unreadable("empty")
    root = _entity(raw, start if _HEADER.match(raw, start) else 0, len(raw))
    waiting, count = [(root, 1)], 1
    while waiting:
        entity, depth = waiting.pop()
        if not entity.content_type.startswith("multipart/"):
            continue
        if depth >= MAX_DEPTH:
            raise Unreadable("too_deep", f"more than {MAX_DEPTH} levels")
        default = "message/rfc822" if entity.content_type == "multipart/digest" else "text/plain"
        for start, end in _stretches(entity):
            count += 1
            if count > MAX_PARTS:
                raise Unreadable("too_many_parts", f"more than {MAX_PARTS} parts")
            entity.parts.append(_entity(raw, start, end, default))
        waiting += [(part, depth + 1) for part in entity.parts]
    return root


def leaves(root: Entity) -> Iterator[tuple[Entity, Entity | None]]:
    """The parts that hold content, in their order, each with the multipart it is in.

    A multipart in which no part can be found is a leaf itself.
    """
    waiting: list[tuple[Entity, Entity | None]] = [(root, None)]
    while waiting:
        entity, parent = waiting.pop()
        if entity.parts:
            waiting += [(part, entity) for part in reversed(entity.parts)]
        else:
            yield entity, parent


def read_headers(raw: Raw, start: int, end: int) -> tuple[dict[str, list[bytes]], int]:
    """The header block from ``start`` on, and where the body begins.

    A line that is no header ends the block, as in the ``email`` package; "From " lines are passed over.
    Raises Unreadable("headers_too_large").
    """
    headers: dict[str, list[bytes]] = {}
    position, limit = start, start + MAX_HEADERS
    while (whole := _WHOLE_HEADER.match(raw, position, end)) and whole.end() <= limit:
        headers.setdefault(whole[1].lower().decode("ascii"), []).append(_unfolded(whole[2]))
        position = whole.end()
    name, first = b"", position  # the header being read, and where its value starts
    while True:
        line_end = raw.find(b"\n", position, end)
        following = end if line_end < 0 else line_end + 1
        if following > limit and (name or _HEADER.match(raw, position, end)):
            raise Unreadable("headers_too_large", f"more than {MAX_HEADERS} bytes")
        if name and position < end and raw[position : position + 1] in (b" ", b"\t"):
            position = following
            continue
        if name:
            headers.setdefault(name.lower().decode("ascii"), []).append(_unfolded(raw[first:position]))
            name = b""
        found = _HEADER.match(raw, position, following)
        if found:
            name, first = found[1], found.end()
        elif not _FROM_LINE.match(raw, position, end):
            blank = _BLANK.match(raw, position, following)
            return headers, following if blank else position
        position = following
        if position >= end and not name:
            return headers, end


def _unfolded(value: bytes) -> bytes:
    value = value.strip()
    if b"\n" in value:
        value = value.replace(b"\r\n", b"\n").replace(b"\n", b"")
    return value


def _with_line_feeds(raw: Raw) -> bytes:
    """The message of an old Macintosh, whose lines end in carriage returns."""
    made = BytesIO()
    for at in range(0, len(raw), transfer.PIECE):
        made.write(raw[at : at + transfer.PIECE].replace(b"\r", b"\n"))
    return made.getvalue()


def _entity(raw: Raw, start: int, end: int, default: str = "text/plain") -> Entity:
    headers, body = read_headers(raw, start, end)
    return Entity(raw, headers, body, end, default)


def _stretches(entity: Entity) -> list[tuple[int, int]]:
    """Where the parts of a multipart lie. A missing end is the end of the multipart."""
    told = entity.type_parameters.get("boundary", "").rstrip()
    boundary = told.encode("utf-8", "surrogatepass")
    found = _delimited(entity, boundary) if boundary else []
    if not found:
        # Announced wrongly or not at all: a line before something like a part's header will do.
        lost = _LOST_BOUNDARY.search(entity.raw, entity.start, entity.end)
        found = _delimited(entity, lost[1].rstrip()) if lost else []
    return found


def _delimited(entity: Entity, boundary: bytes) -> list[tuple[int, int]]:
    raw, end = entity.raw, entity.end
    mark = b"--" + boundary
    found: list[tuple[int, int]] = []
    opened = -1
    at = (
        entity.start if _stands_at(raw, mark, entity.start, end) else _next_line(raw, mark, entity.start, end)
    )
    while at >= 0 and len(found) <= MAX_PARTS:
        behind = at + len(mark)
        blank = _BLANK.match(raw, behind, end)
        closes = _stands_at(raw, b"--", behind, end)
        if blank or closes:
            if opened >= 0:
                found.append((opened, max(opened, _before_line(raw, at))))
            opened = blank.end() if blank and blank[1] else -1
            if closes:
                break
        at = _next_line(raw, mark, behind, end)
    if opened >= 0:
        found.append((opened, end))
    return found


def _stands_at(raw: Raw, mark: bytes, at: int, end: int) -> bool:
    return at + len(mark) <= end and raw[at : at + len(mark)] == mark


def _next_line(raw: Raw, mark: bytes, position: int, end: int) -> int:
    at = raw.find(b"\n" + mark, max(position - 1, 0), end)
    return at + 1 if at >= 0 else -1


def _before_line(raw: Raw, at: int) -> int:
    """The end of what stands before the line at ``at``: its line end belongs to the delimiter."""
    at -= 1
    return at - 1 if raw[at - 1 : at] == b"\r" else at
