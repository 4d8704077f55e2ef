"""The grey lines: that there is a conversation which somebody may not see. Who of us, which day, no more."""

from dataclasses import dataclass
from datetime import date

from .. import copies
from ..models import Message
from ..privacy.access.standing import NOT_ASKED, Standing, standings
from ..sync.shown_by import shown_by
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


def hidden(messages: list[Message], of: tuple) -> list[Hidden]:
    """The lines of ``messages``, each the newest hidden one of its thread, on the page of the record ``of``
    (content type, id, reader). In a constant number of queries; none of none.
    """
    if not messages:
        return []
    pks, user = [message.pk for message in messages], of[2]
    places, apart = shown_by(pks, user), copies.left_aside(of, pks)
    holders = {
        pk: [place.account for place in places[pk] if (pk, place.account.pk) not in apart] for pk in pks
    }
    standing = standings(user, holders)
    return [
        Hidden(one.pk, names_of(holders[one.pk]), day_of(one.sent_at), standing[one.pk]) for one in messages
    ]
