"""Large HTML written anew, so that building its tree takes time and memory in proportion to it.

An HTML parser has to mend what is left open: it opens lost elements again in every paragraph (36 kB of
``<font>`` and ``<p>`` become 120 MB), walks all levels at each end tag, compares each attribute of a tag
with all others. Here every element is closed in order, nesting ends somewhere, and only known
elements and attributes are kept, so nothing is left to mend. What is safe is decided after this.
"""

import re
from collections import Counter
from html import unescape

from .html_rules import ATTRIBUTES, TAGS

#: Characters of one text and of one attribute: a serialiser takes quadratic time over its blanks
#: that do not break, its ampersands and the like.
RUN = 5_000
LONGEST_VALUE = 10_000

#: Elements open at a time, and those among them that a parser would open again.
LEVELS = 200
MARKS = 20

_NESTED = {"object", "select", "template"}
_KNOWN = TAGS | _NESTED
_VOID = {"br", "col", "hr", "img", "wbr"}
_MARKS = {"a", "b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u"}
_END_PARAGRAPH = {
    "address", "article", "aside", "blockquote", "center", "dd", "details", "div", "dl", "dt", "figcaption",
    "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p",
    "pre", "section", "summary", "table", "ul",
}  # fmt: skip
_CELLS = {"caption", "td", "th"}
_GROUPS = {"colgroup", "tbody", "tfoot", "thead"}
_OF_TABLES = {"col", "tr"} | _CELLS | _GROUPS
_WALLS = {"table", "object", "template"} | _CELLS
#: An element that ends the one before it, and where its kind begins.
_ITEMS = {
    "a": ({"a"}, _WALLS),
    "dd": ({"dd", "dt"}, {"dl"} | _WALLS),
    "dt": ({"dd", "dt"}, {"dl"} | _WALLS),
    "li": ({"li"}, {"ol", "ul"} | _WALLS),
}

_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_START = re.compile(r"</?([a-zA-Z][^\s/>]*+)")
_VALUE = r"""(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+|))?"""
_REST = re.compile(rf"(?:[\s/]++|[^\s/>=][^\s/>=]*+{_VALUE}|=)*+>?")
_ATTRIBUTE = re.compile(rf"([^\s/>=][^\s/>=]*+){_VALUE}")
# What is in these is no mark-up.
_RAW = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("iframe", "noembed", "noframes", "noscript", "script", "style", "textarea", "title", "xmp")
}


def balanced(html: str) -> str:
    """``html`` with every element closed in order and at most 200 open at a time. Not safe to show yet.

    Elements, attributes and levels beyond what is shown are left out, their text stays. Linear.
    """
    html = _REFERENCE.sub(_character, html)
    writer = _Writer()
    position = 0
    while (start := html.find("<", position)) >= 0:
        writer.text(html[position:start])
        position = _markup(writer, html, start)
    writer.text(html[position:])
    writer.close(0)
    return "".join(writer.out)


def _markup(writer: "_Writer", html: str, start: int) -> int:
    """Pass on what begins with the "<" at ``start``; returns where it ends."""
    found = _START.match(html, start)
    if not found:
        if html.startswith("<!--", start):
            return _after(html, "-->", start + 2)
        if html.startswith(("<!", "<?", "</"), start):
            return _after(html, ">", start)
        writer.text("&lt;")
        return start + 1
    rest = _REST.match(html, found.end())
    end = rest.end() if rest else found.end()
    name = found[1].lower()
    if html[start + 1] == "/":
        writer.end(name)
    elif name in _RAW:
        ending = _RAW[name].search(html, end)
        return ending.start() if ending else len(html)
    elif name in _KNOWN:
        writer.start(name, html[found.end() : end])
    return end


def _character(found: re.Match) -> str:
    """The character itself, except where it would be mark-up."""
    character = unescape(found[0])
    return found[0] if set("&<>\"'") & set(character) else character


def _after(html: str, mark: str, start: int) -> int:
    end = html.find(mark, start)
    return end + len(mark) if end >= 0 else len(html)


class _Writer:
    """Writes elements in order, ending those first that a parser would end."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.open: list[str] = []
        self.count: Counter[str] = Counter()
        self.marks = 0
        self.run = 0  # characters of text since the last element began or ended

    def text(self, text: str) -> None:
        """Write text, in pieces if it is long."""
        while self.run + len(text) > RUN:
            end = max(RUN - self.run, 0)
            # At a blank or before a reference if one is near, for none may be cut in two.
            cut = max(text.rfind(mark, max(end - 40, 0), end) for mark in "& ")
            cut = end if cut < 0 else cut
            self.out += (text[:cut], "<wbr>")
            self.run, text = 0, text[cut:]
        self.out.append(text)
        self.run += len(text)

    def start(self, name: str, attributes: str) -> None:
        if name in _END_PARAGRAPH:
            self._end_last({"p"}, _WALLS)
        if name in _ITEMS:
            self._end_last(*_ITEMS[name])
        if name in _OF_TABLES and not self._to_table(name):
            return
        if name not in _VOID:
            if len(self.open) >= LEVELS or (name in _MARKS and self.marks >= MARKS):
                return
            self.open.append(name)
            self.count[name] += 1
            self.marks += name in _MARKS
        self.out.append(f"<{name}{_written(name, attributes)}>")
        self.run = 0

    def end(self, name: str) -> None:
        self._end_last({name}, {"table"} if name in _OF_TABLES or name == "table" else _WALLS)

    def _end_last(self, names: set[str], walls: set[str]) -> None:
        """End the last open one of ``names`` with all in it, if no wall stands between."""
        if not any(self.count[name] for name in names):
            return
        for level in range(len(self.open) - 1, -1, -1):
            if self.open[level] in names:
                self.close(level)
                return
            if self.open[level] in walls:
                return

    def _to_table(self, name: str) -> bool:
        """End what stands between a part of a table and its place; False if there is no table."""
        if not self.count["table"]:
            return False
        places = {"table"}
        if name in ("td", "th"):
            places |= {"tr"}
        if name in ("tr", "td", "th"):
            places |= {"tbody", "tfoot", "thead"}
        if name == "col":
            places |= {"colgroup"}
        level = len(self.open)
        while self.open[level - 1] not in places:
            level -= 1
        self.close(level)
        return True

    def close(self, level: int) -> None:
        """End elements until ``level`` of them are open."""
        while len(self.open) > level:
            name = self.open.pop()
            self.count[name] -= 1
            self.marks -= name in _MARKS
            self.out.append(f"</{name}>")
            self.run = 0


def _written(name: str, text: str) -> str:
    if not text.strip(" \t\r\n/>"):
        return ""
    allowed = ATTRIBUTES.get(name, set()) | ATTRIBUTES["*"]
    kept: dict[str, str] = {}
    for found in _ATTRIBUTE.finditer(text):
        key, value = found[1].lower(), found[2] or ""
        if key in allowed and len(value) <= LONGEST_VALUE:
            kept.setdefault(key, value[1:-1] if value[:1] in ("'", '"') else value)
    return "".join(' {}="{}"'.format(key, value.replace('"', "&quot;")) for key, value in kept.items())
