"""The cards of the messages on a page that is printed. All are read at once, so within a budget."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..mail.attached import LONGEST
from ..models import Attachment
from ..reading.opened import Line
from ..reading.shown_as import Around, Card, around, cards, kind_of, read_for_cards

#: Bytes of files that are read for one page; what is beyond is named only.
BUDGET = 5 * 2**20


@dataclass(frozen=True)
class Sheet:
    """A message on paper, and the cards around its text."""

    line: Line
    around: Around


def sheets(lines: Iterable[Line]) -> list[Sheet]:
    """``lines``, each with its cards; of who does not see all of a message it has none."""
    found, left = [], BUDGET
    for line in lines:
        told = read_for_cards(line.letter.attachments) if line.letter.is_whole else []
        left -= sum(min(one.size, LONGEST) for one in told)
        found.append(Sheet(line, around(cards(told) if left >= 0 else _unread(told))))
    return found


def _unread(attachments: list[Attachment]) -> list[Card]:
    return [Card(kind_of(one), one, None) for one in attachments]
