"""Why a message is on a record's page: whose address it names, and where the reader's mailboxes hold it."""

from typing import Any

from django.views.generic import TemplateView

from ..models import Participant
from ..sync.why_here import Match, why_stored
from .record import RecordMixin


class WhyHereView(RecordMixin, TemplateView):
    """The answer, from the database alone."""

    template_name = "escala_email/timeline/why_here.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        why = why_stored(self.message(), self.record, self.request.user)
        return super().get_context_data(
            record=self.record,
            matches=[(one.address, _fields(one)) for one in why.matches],
            places=why.places,
            seen_at=why.recorded_at,
            is_gone=all(place.gone_at for place in why.places),
            **kwargs,
        )


def _fields(match: Match) -> str:
    """The header fields it stands in, as people know them."""
    return ", ".join(str(Participant.Role(role).label) for role in match.roles)
