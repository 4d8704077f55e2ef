"""A record's conversations: the fragment with a page of them. It asks first: may this user see the record?"""

from typing import Any

from django.views.generic import TemplateView

from ..privacy.ties import left_out
from ..reading.folding import folded
from ..sync.lookups import looking_for
from ..visibility import Level
from .looking import completeness, newest_message
from .record import RecordMixin
from .why_nothing import why_nothing


class TimelineView(RecordMixin, TemplateView):
    """A page of conversations."""

    template_name = "escala_email/timeline/conversations.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        position = self.position()
        beside = self._beside() if position is None else {}
        page = self.timeline.conversations(position)
        nothing = None if page.shows_something else why_nothing(self.record, self.request.user)
        return super().get_context_data(
            page=page,
            items=list(folded(page.items)),
            first=position is None,
            nothing=nothing,
            place=self.place(),
            **beside,
            **kwargs,
        )

    def _beside(self) -> dict[str, Any]:
        """What is said above the newest conversations. Asked before they are: what comes meanwhile is new."""
        looking = looking_for(self.record, self.request.user)
        return {
            "looking": looking,
            "after": newest_message(self.visible(Level.PEOPLE)) if looking else 0,
            "completeness": completeness(self.timeline.of),
            "left_out": left_out(self.request.user, self.record).count(),
        }
