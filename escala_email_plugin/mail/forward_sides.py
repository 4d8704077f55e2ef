"""The text and the HTML of a mail, each with the forwarded message in it taken apart from what is above."""

import re

from . import forward_block, forward_html
from .text import html_to_text

_RULE = re.compile(r"[\s_=*–—-]*+")


class TextSide:
    """The plain text. ``block``: None where nothing is quoted in it."""

    def __init__(self, text: str, told: bool):
        self.lines = text.split("\n")
        self.block = forward_block.find(self.lines, told)

    def above(self) -> str:
        """What the one who forwards wrote."""
        return _without_rule("\n".join(self.lines[: self.block.start]))

    def below(self) -> str:
        """The forwarded message's text."""
        below = self.lines[self.block.end :]
        if self.block.quoted:
            below = [forward_block.unquoted(line) for line in below]
        first = next((number for number, line in enumerate(below) if line.strip()), len(below))
        return "\n".join(below[first:]).rstrip()


class HtmlSide:
    """The HTML. ``block``: None where nothing is quoted in it."""

    def __init__(self, html: str, told: bool):
        self.html = html
        self.lines = forward_html.lines(html)
        self.block = forward_block.find([line.text for line in self.lines], told)

    def above(self) -> str:
        """What the one who forwards wrote, as text."""
        return _without_rule(html_to_text(self.html[: self.lines[self.block.start].start]))

    def below(self) -> str:
        """The forwarded message's text."""
        rest = self.lines[self.block.end :]
        return html_to_text(self.html[rest[0].start :]) if rest else ""

    def cut(self) -> str:
        """The forwarded message's HTML; "" where it is part of a table or list, and means nothing alone."""
        for line in self.lines[self.block.end :]:
            if not line.depth:
                return self.html[line.start :]
            if line.text:
                break
        return ""


def _without_rule(text: str) -> str:
    """A text without the line that some programs draw below it."""
    lines = text.split("\n")
    while lines and _RULE.fullmatch(lines[-1]):
        lines.pop()
    return "\n".join(lines).strip()
