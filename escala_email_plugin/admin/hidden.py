"""The grey lines: that there is a conversation which somebody may not see. Who of us, which day, no more."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ..models import AccessRequest, Message
from ..sync.shown_by import Place, shown_by
from .position import day_of
from .who import names_of


@dataclass(frozen=True)
class Hidden:
    """A hidden conversation. ``message_id``: which message access to it is asked for with.

    ``asked_at``: when the reader asked and was not answered yet; ``refused``: everybody who holds it said no.
    """

    message_id: int
    who: str
    day: date
    asked_at: datetime | None = None
    refused: bool = False
    is_hidden = True


def hidden(messages: list[Message], user: Any) -> list[Hidden]:
    """The lines of ``messages``, each the newest hidden one of its thread. In two queries; none of none."""
    if not messages:
        return []
    pks = [message.pk for message in messages]
    places = shown_by(pks, user)
    requests = {
        (request.message_id, request.account_id): request
        for request in AccessRequest.objects.filter(asker=user, message__in=pks)
    }
    return [_line(message, places[message.pk], requests) for message in messages]


def _line(message: Message, places: list[Place], requests: dict[tuple[int, int], AccessRequest]) -> Hidden:
    accounts = {place.account.pk: place.account for place in places}
    made = [requests[message.pk, pk] for pk in accounts if (message.pk, pk) in requests]
    waiting = [request.asked_at for request in made if not request.answer]
    return Hidden(
        message.pk,
        names_of(accounts.values()),
        day_of(message.sent_at),
        asked_at=max(waiting, default=None),
        refused=bool(made) and len(made) == len(accounts) and all(one.answer == "no" for one in made),
    )
