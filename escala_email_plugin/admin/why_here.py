"""Why a message is on a record's page: whose address it names, and where the reader's mailboxes hold it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.views.generic import TemplateView

from ..models import EmailAccount, Location, Message, Participant
from ..permissions import CORRESPONDENTS
from .record import RecordMixin


@dataclass(frozen=True)
class Place:
    """A folder of a mailbox the reader may read, where the message was seen."""

    mailbox: str
    folder: str
    seen: datetime
    gone_at: datetime | None


class WhyHereView(RecordMixin, TemplateView):
    """The answer, from the database alone."""

    template_name = "escala_email/timeline/why_here.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        message, user = self.message(), self.request.user
        places = places_of(message, user)
        return super().get_context_data(
            record=self.record,
            matched=matched(message, self.timeline.of),
            places=places,
            is_gone=all(place.gone_at for place in places),
            **kwargs,
        )


def matched(message: Message, of: tuple) -> QuerySet:
    """The people of the message by whose addresses it belongs to the record, known to the reader."""
    content_type, object_id, user = of
    people = Participant.objects.known_to(user).filter(
        message=message,
        role__in=CORRESPONDENTS,
        address__records__content_type=content_type,
        address__records__object_id=str(object_id),
    )
    return people.select_related("address").order_by("pk")


def places_of(message: Message, user: Any) -> list[Place]:
    """Where it was seen, as far as ``user`` may know; where it still is comes first."""
    rows = Location.objects.filter(message=message, account__in=EmailAccount.objects.readable_by(user))
    places = [
        Place(row.account.address, row.folder.name, row.arrived or message.recorded_at, row.gone_at)
        for row in rows.select_related("account", "folder").order_by("pk")
    ]
    return sorted(places, key=lambda place: place.gone_at is not None)
