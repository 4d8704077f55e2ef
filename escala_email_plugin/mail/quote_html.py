"""Quotations and signatures of a cleaned HTML fragment, wrapped so that they are folded."""

from html import escape

from .forward_words import prefix
from .quote_cover import cover
from .quote_lines import Fold, folds
from .quote_parts import lines
from .quote_tree import Tree, tree

#: What is put before and behind what is folded. No fragment that is safe has this class of its own.
BEFORE = '<details class="escala-quote"><summary>{}</summary>'
AFTER = "</details>"


def fold_html(fragment: str, quote: str, signature: str, subject: str = "") -> str:
    """``fragment`` with what can be folded inside ``<details class="escala-quote">``, and no other change.

    ``fragment``: from ``safe_html.safe``, so as safe as before. ``quote``, ``signature``: the words to unfold
    them by, as text. ``subject``: the mail's; without one that says "Re:" only those quotations are folded
    that a program marked. Linear; never raises. What is not certain stays as it is.
    """
    told = prefix(subject)
    if told == "forward" or (made := tree(fragment)) is None:
        return fragment
    words = {"quote": quote, "signature": signature}
    pieces: list[str] = []
    last = 0
    for fold, (start, end) in _places(made, told == "reply"):
        pieces += fragment[last:start], BEFORE.format(escape(words[fold.kind])), fragment[start:end], AFTER
        last = end
    return "".join([*pieces, fragment[last:]])


def _places(made: Tree, answers: bool) -> list[tuple[Fold, tuple[int, int]]]:
    found = []
    for fold in folds(lines(made), answers, marked=True):
        rows = made.rows[fold.start : fold.end]
        place = cover(made, rows[0].first, rows[-1].last) or _without_introduction(made, fold)
        if place:
            found.append((fold, place))
    return found


def _without_introduction(made: Tree, fold: Fold) -> tuple[int, int] | None:
    """The largest element in which a quotation ends, where what introduces it cannot be wrapped with it."""
    last = made.rows[fold.end - 1].last
    number = made.contents[last - 1].node
    best = None
    while number >= 0 and made.nodes[number].last == last:
        node = made.nodes[number]
        if node.first < made.rows[fold.start].first:
            break
        best = node if node.name in ("blockquote", "div") else best
        number = node.parent
    return cover(made, best.first, best.last) if best else None
