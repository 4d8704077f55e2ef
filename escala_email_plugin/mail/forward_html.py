"""The lines of an HTML mail with the places where they begin, so that a message can be cut out of it."""

from html import unescape
from typing import NamedTuple

from .text import BREAKS, NO_CHARACTER, TAG_NAME, UNSHOWN

#: Elements out of which nothing can be cut: their parts mean nothing alone.
_WHOLE = {"table", "ul", "ol", "dl", "select", "pre"}
_BLANK = {"td", "th"}
#: A line that one of these begins keeps its tag.
_KEPT = BREAKS - {"br", "hr"}


class Line(NamedTuple):
    """What stands in a line, in one piece and without mark-up, and where it begins in the HTML.

    ``depth``: how many tables and lists are open there.
    """

    text: str
    start: int
    depth: int


def lines(html: str) -> list[Line]:
    """The lines of an HTML mail as it is read: each block's own, also empty ones. Linear; never raises."""
    made = _Lines()
    position = 0
    while (start := html.find("<", position)) >= 0:
        made.words(html[position:start])
        position = _markup(made, html, start)
    made.words(html[position:])
    made.end(len(html))
    return made.out


def _markup(made: "_Lines", html: str, start: int) -> int:
    """Pass on what begins with the "<" at ``start``; returns where it ends."""
    if html.startswith("<!--", start):
        return _after(html, "-->", start + 4)
    found = TAG_NAME.match(html, start + 1)
    if not found:
        if html.startswith(("!", "?", "/"), start + 1):
            return _after(html, ">", start)
        made.words("<")
        return start + 1
    name, closes = found[1].lower(), html[start + 1] == "/"
    end = _after(html, ">", found.end())
    if name in UNSHOWN and not closes:
        return _after_unshown(html, name, end)
    if closes and name in _WHOLE:
        made.depth = max(made.depth - 1, 0)
    if name in _BLANK:
        made.words(" ")
    elif name in BREAKS:
        made.end(start if name in _KEPT and not closes else end)
    if name in _WHOLE and not closes:
        made.depth += 1
    return end


def _after(html: str, mark: str, start: int) -> int:
    end = html.find(mark, start)
    return end + len(mark) if end >= 0 else len(html)


def _after_unshown(html: str, name: str, start: int) -> int:
    """Where an element ends of which nothing is shown: with its own end, or nowhere."""
    position = start
    while (position := html.find("</", position)) >= 0:
        position += 2
        if html[position : position + len(name)].lower() == name:
            return _after(html, ">", position)
    return len(html)


class _Lines:
    def __init__(self) -> None:
        self.out: list[Line] = []
        self.pieces: list[str] = []
        self.start = 0
        self.depth = 0
        self.opened = 0  # the depth where the line began

    def words(self, text: str) -> None:
        if text:
            self.pieces.append(text)

    def end(self, position: int) -> None:
        """End the line; the next one begins at ``position``."""
        text = unescape(NO_CHARACTER.sub("\ufffd", "".join(self.pieces)))
        self.out.append(Line(" ".join(text.split()), self.start, self.opened))
        self.pieces, self.start, self.opened = [], position, self.depth
