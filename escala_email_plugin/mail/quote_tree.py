"""A cleaned HTML fragment as elements and lines, each with its place in it. Nothing is built anew from it."""

import re
from dataclasses import dataclass, field
from html import unescape

from .quote_marks import PREFIX
from .text import BREAKS, NO_CHARACTER

_TAG = re.compile(r'<(/?)([a-zA-Z][a-zA-Z0-9]*+)((?:"[^"]*+"|[^"<>])*+)>')
_MARK = re.compile(rf' (?:class|id)="{PREFIX}([a-z-]++)"')
_CITE = re.compile(r' type="cite"')
_VOID = {"br", "col", "hr", "img", "wbr"}
_NOTHING = re.compile(r"[\s\xa0\u200b-\u200f\u2060\ufeff\u034f\xad]*+")
#: A row is a line; its cells are parts of that.
_ENDS_LINE = BREAKS - {"td", "th"}


@dataclass(slots=True)
class Node:
    """An element: its place, its parent's number (-1: none), and the contents ``[first, last)`` in it."""

    name: str
    start: int
    parent: int
    depth: int
    first: int
    mark: str = ""
    is_cite: bool = False
    is_ruled: bool = False  # a line stands on its left
    quotes: int = 0  # how many <blockquote> it is in, itself included
    inside: int = 0  # where its start tag ends
    end: int = 0
    last: int = 0


@dataclass(slots=True)
class Content:
    """A piece of text that is more than blanks, or a picture ("")."""

    text: str
    start: int
    end: int
    node: int


@dataclass(slots=True)
class Row:
    """A line as it is read, without the blanks round it, and the contents ``[first, last)`` that make it."""

    text: str
    first: int
    last: int
    dashes: bool
    picture: bool


@dataclass(slots=True)
class Tree:
    """A fragment. ``row_of``: the number of the row that each content is part of."""

    nodes: list[Node] = field(default_factory=list)
    contents: list[Content] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    row_of: list[int] = field(default_factory=list)


def tree(html: str) -> Tree | None:
    """The elements and lines of a fragment; None where its elements are not closed in order. Linear."""
    reader = _Reader(html)
    return reader.made if reader.read() else None


class _Reader:
    def __init__(self, html: str) -> None:
        self.html = html
        self.made = Tree()
        self.open: list[int] = []
        self.preformatted = 0
        self.pieces: list[str] = []
        self.first = 0  # the first content of the row that is being read

    def read(self) -> bool:
        position = 0
        for found in _TAG.finditer(self.html):
            self._text(position, found.start())
            position = found.end()
            if found[1]:
                if not self._close(found[2].lower(), position):
                    return False
            else:
                self._start(found)
        self._text(position, len(self.html))
        self._end_row()
        return not self.open

    def _start(self, found: re.Match) -> None:
        name = found[2].lower()
        if name in _ENDS_LINE:
            self._end_row()
        parent = self.open[-1] if self.open else -1
        if name in _VOID:
            if name == "img":
                self.made.contents.append(Content("", found.start(), found.end(), parent))
            return
        self.pieces.append(" " if name in ("td", "th") else "")
        node = Node(name, found.start(), parent, len(self.open), len(self.made.contents), inside=found.end())
        if mark := _MARK.search(found[3]):
            node.mark = mark[1]
        node.is_cite = name == "blockquote" and bool(_CITE.search(found[3]))
        node.is_ruled = "border-left" in found[3]
        node.quotes = (self.made.nodes[parent].quotes if parent >= 0 else 0) + (name == "blockquote")
        self.open.append(len(self.made.nodes))
        self.made.nodes.append(node)
        self.preformatted += name == "pre"

    def _close(self, name: str, end: int) -> bool:
        if not self.open or self.made.nodes[self.open[-1]].name != name:
            return name in _VOID
        if name in _ENDS_LINE:
            self._end_row()
        node = self.made.nodes[self.open.pop()]
        node.end, node.last = end, len(self.made.contents)
        self.preformatted -= name == "pre"
        return True

    def _text(self, start: int, end: int) -> None:
        if start == end:
            return
        if not self.preformatted:
            self._piece(start, end)
            return
        while (stop := self.html.find("\n", start, end)) >= 0:
            self._piece(start, stop)
            self._end_row()
            start = stop + 1
        self._piece(start, end)

    def _piece(self, start: int, end: int) -> None:
        text = unescape(NO_CHARACTER.sub("\ufffd", self.html[start:end]))
        self.pieces.append(text)
        if not _NOTHING.fullmatch(text):
            self.made.contents.append(Content(text, start, end, self.open[-1] if self.open else -1))

    def _end_row(self) -> None:
        contents = self.made.contents
        if len(contents) > self.first:
            text = "".join(self.pieces)
            bare = " ".join(text.split())
            picture = any(not one.text for one in contents[self.first :])
            dashes = bare == "--" and re.search(r"--[ \xa0]", text) is not None
            self.made.row_of += [len(self.made.rows)] * (len(contents) - self.first)
            self.made.rows.append(Row(bare, self.first, len(contents), dashes, picture))
            self.first = len(contents)
        self.pieces.clear()
