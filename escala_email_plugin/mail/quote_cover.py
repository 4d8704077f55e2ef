"""Elements round a stretch of an HTML fragment, so that all of it can be wrapped and nothing else."""

from .quote_tree import Node, Tree

#: In these an element that unfolds cannot stand, or not what it holds.
_NOT_IN = {
    "table", "tbody", "thead", "tfoot", "tr", "colgroup", "ul", "ol", "dl", "ruby", "rp", "rt", "p", "a",
    "summary", "caption", "h1", "h2", "h3", "h4", "h5", "h6",
}  # fmt: skip
#: Anywhere round it these would be ended by it, or make it a part of something else.
_NOT_BELOW = {"p", "a", "summary", "h1", "h2", "h3", "h4", "h5", "h6"}


def cover(made: Tree, first: int, last: int) -> tuple[int, int] | None:
    """Where whole elements and texts begin and end that hold the contents ``[first, last)`` and no others."""
    left, right = made.contents[first], made.contents[last - 1]
    start, above = left.start, left.node
    end, below = right.end, right.node
    nodes = made.nodes
    while above != below or not _may_hold(nodes, above):
        # The deeper of the two goes up; both, where they have met in what cannot hold it.
        depth_above, depth_below = _depth(nodes, above), _depth(nodes, below)
        if depth_above >= depth_below and above >= 0:
            if nodes[above].first != first:
                return None
            start, above = nodes[above].start, nodes[above].parent
        if depth_below >= depth_above and below >= 0:
            if nodes[below].last != last:
                return None
            end, below = nodes[below].end, nodes[below].parent
    return _outwards(nodes, above, first, last, start, end)


def _outwards(
    nodes: list[Node], holder: int, first: int, last: int, start: int, end: int
) -> tuple[int, int] | None:
    """The same, or the outermost element round it that holds nothing else: its borders go with it."""
    at = holder
    while at >= 0 and nodes[at].first == first and nodes[at].last == last:
        parent = nodes[at].parent
        if _may_hold(nodes, parent):
            start, end, holder = nodes[at].start, nodes[at].end, parent
        at = parent
    while holder >= 0:
        if nodes[holder].name in _NOT_BELOW:
            return None
        holder = nodes[holder].parent
    return start, end


def _depth(nodes: list[Node], number: int) -> int:
    return nodes[number].depth if number >= 0 else -1


def _may_hold(nodes: list[Node], number: int) -> bool:
    return number < 0 or nodes[number].name not in _NOT_IN
