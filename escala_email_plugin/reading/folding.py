"""Grey lines that follow one another become one that unfolds: they must not drown what can be read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from .hidden import Hidden

#: So many lines of the same people stand folded.
MANY = 3


@dataclass(frozen=True)
class Folded:
    """Lines of the same people, the newest first, none of which was asked for."""

    lines: list[Hidden]
    is_folded = True

    @property
    def who(self) -> str:
        return self.lines[0].who

    @property
    def since(self) -> date:
        return self.lines[-1].day

    @property
    def until(self) -> date:
        return self.lines[0].day


def folded(items: Iterable[Any]) -> Iterator[Any]:
    """The items of a page, in their order, with runs of grey lines folded.

    A line that says what became of asking stands by itself.
    """
    for who, some in groupby(items, _of_whom):
        lines = list(some)
        if who is not None and len(lines) >= MANY:
            yield Folded(lines)
        else:
            yield from lines


def _of_whom(item: Any) -> str | None:
    if not isinstance(item, Hidden) or item.standing.was_asked:
        return None
    return item.who
