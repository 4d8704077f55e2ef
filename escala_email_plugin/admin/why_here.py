"""Why a message is on a record's page: whose address it names, and by which mailboxes the reader sees it."""

from typing import Any

from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from ..models import Participant
from ..reading.who import name_of
from ..sync.shown_by import Place, Why
from ..sync.why_here import Match, why_stored
from ..visibility import Level
from .record import RecordMixin

#: Why the reader sees what a colleague's mailbox holds.
SENTENCES = {
    Why.TEAM: gettext_lazy("%(who)s shares this mailbox with the team."),
    Why.THREAD: gettext_lazy("%(who)s shares this conversation with the team."),
    Why.GRANTED: gettext_lazy("%(who)s granted it to you."),
}


class WhyHereView(RecordMixin, TemplateView):
    """The answer, from the database alone."""

    template_name = "escala_email/timeline/why_here.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        why = why_stored(self.message(Level.PEOPLE), self.record, self.request.user)
        return super().get_context_data(
            record=self.record,
            matches=[(one.address, _fields(one)) for one in why.matches],
            places=why.places,
            sentences=sorted({_sentence(place) for place in why.colleagues}),
            seen_at=why.recorded_at,
            is_gone=why.is_gone,
            **kwargs,
        )


def _sentence(place: Place) -> str:
    return str(SENTENCES[place.why]) % {"who": name_of(place.account)}


def _fields(match: Match) -> str:
    """The header fields it stands in, as people know them."""
    return ", ".join(str(Participant.Role(role).label) for role in match.roles)
