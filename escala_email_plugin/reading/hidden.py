"""The grey lines: that there is a conversation which somebody may not see. Who of us, which day, no more."""

from dataclasses import dataclass
from datetime import date

from .. import copies
from ..privacy.access.standing import NOT_ASKED, Standing, standings
from .heads import Head
from .position import day_of
from .who import names_of


@dataclass(frozen=True)
class Hidden:
    """A hidden conversation. ``message_id``: which message is asked for; ``standing``: how that stands."""

    message_id: int
    who: str
    day: date
    standing: Standing = NOT_ASKED
    is_hidden = True


def hidden(found: list[Head], of: tuple) -> list[Hidden]:
    """The lines of hidden heads on the page of the record ``of`` (content type, id, ``Reader``).

    In a constant number of queries; none of none.
    """
    if not found:
        return []
    # What was tied by hand belongs to the record by every copy.
    apart = copies.left_aside(of, [head.pk for head in found if head.thread not in of[2].tied])
    holders = {
        head.pk: [one.account for one in head.places if (head.pk, one.account.pk) not in apart]
        for head in found
    }
    standing = standings(of[2], holders)
    return [Hidden(one.pk, names_of(holders[one.pk]), day_of(one.sent_at), standing[one.pk]) for one in found]
