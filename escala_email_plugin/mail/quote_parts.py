"""Which lines of an HTML fragment the mail programs' marks and elements call quoted, or a signature."""

import re
from bisect import bisect_left
from collections import defaultdict
from typing import Literal

from .quote_lines import Line, introductions
from .quote_tree import Node, Tree

#: Lines that introduce a quotation inside its element; and those of them whose words need not be known.
INTRODUCTION = 12
UNKNOWN = 4

_CLOCK = re.compile(r"\d[:.h]\d\d")


def lines(made: Tree) -> list[Line]:
    """The lines of a fragment, each with what is known of it. Linear."""
    return _Judge(made).judged()


class _Judge:
    def __init__(self, made: Tree) -> None:
        self.made = made
        self.lines = [Line(row.text, "", row.dashes, row.picture) for row in made.rows]
        for kind in ("attribution", "head", "forward", "signature"):
            self._mark(kind)
        told = list(introductions(self.lines))
        self.begins = {one.start for one in told}
        self.forwards = {one.start for one in told if one.kind == "forward"}
        self.ends = {one.end: one.exact for one in told}
        self.at_depth: dict[int, list[int]] = defaultdict(list)
        for number, row in enumerate(made.rows):
            self.at_depth[self._quotes(row.first)].append(number)

    def _quotes(self, content: int) -> int:
        node = self.made.contents[content].node
        return self.made.nodes[node].quotes if node >= 0 else 0

    def _mark(self, kind: Literal["attribution", "head", "forward", "signature"]) -> None:
        after = 0
        for node in self.made.nodes:
            if node.mark == kind and after <= node.first < node.last:
                self._set(node, kind)
                after = node.last

    def _set(self, node: Node, kind: Literal["quote", "attribution", "head", "forward", "signature"]) -> None:
        for number in range(*self._rows(node)):
            if kind != "signature" or not self.lines[number].dashes:
                self.lines[number] = self.lines[number]._replace(kind=kind)

    def _rows(self, node: Node) -> tuple[int, int]:
        """The rows that are wholly in an element."""
        rows, row_of = self.made.rows, self.made.row_of
        first, last = row_of[node.first], row_of[node.last - 1] + 1
        first += rows[first].first < node.first
        last -= rows[last - 1].last > node.last
        return first, max(first, last)

    def judged(self) -> list[Line]:
        after = 0  # contents that an element before has decided about
        for node in self.made.nodes:
            if after <= node.first < node.last:
                first, last = self._rows(node)
                verdict = self._verdict(node, first, last) if first < last else ""
                if verdict == "quote":
                    self._set(node, "quote")
                after = node.last if verdict else after
        return self.lines

    def _verdict(self, node: Node, first: int, last: int) -> Literal["quote", "news", ""]:
        """What is in an element: "news" is forwarded, so nothing in it is quoted; "": that is not certain."""
        is_known = node.mark == "quote" or node.is_cite
        if node.name != "blockquote" and not is_known:
            is_quote = node.is_ruled and self.ends.get(first, False)
        elif self.forwards & {first, first + 1}:
            return "news"
        elif node.name == "blockquote":
            introduced = first in self.ends or self._is_introduced(first, last)
            is_quote = introduced or (is_known and bool(self.ends))
        else:
            is_quote = self._is_pure(node, first, last)
        return "quote" if is_quote else ""

    def _is_introduced(self, first: int, last: int) -> bool:
        """Whether the first line says that a message follows, or the second, below a rule or a blank."""
        return bool(self.begins & set(range(first, min(first + 2, last)))) or self._is_unknown(first)

    def _is_unknown(self, number: int) -> bool:
        """Whether a line may introduce a message in a language that is not known here."""
        text = self.lines[number].text
        return text.endswith(":") and "@" in text[:500] and bool(_CLOCK.search(text[:500]))

    def _is_pure(self, node: Node, first: int, last: int) -> bool:
        """Whether nothing stands between what an element quotes, nor below it: that would be an answer."""
        outside = self.at_depth[node.quotes]
        start, stop = bisect_left(outside, first), bisect_left(outside, last)
        if stop - start == last - first:
            return first in self.ends or self._is_introduced(first, last)
        if stop == start:
            return bool(self.ends)
        end = outside[stop - 1] + 1
        if end - first != stop - start or end - first > INTRODUCTION:
            return False
        return end in self.ends or (end - first <= UNKNOWN and self._is_unknown(end - 1))
