"""A record's conversations: the fragment with a page of them. It asks first: may this user see the record?"""

from typing import Any

from django.http import Http404, HttpRequest
from django.views.generic import TemplateView

from ..privacy.ties import left_out
from ..reading.filters import Filters
from ..reading.folding import folded
from ..reading.timeline import Timeline
from ..sync.lookups import looking_for
from ..visibility import Level
from .conversation_words import shown_words
from .looking import beside, newest_message
from .newer import top
from .record import RecordMixin
from .why_nothing import why_nothing


class TimelineView(RecordMixin, TemplateView):
    """A page of conversations."""

    template_name = "escala_email/timeline/conversations.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.filters = Filters.read(request.GET)
        self.timeline = Timeline(self.record, request.user, self.filters)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        position = self.position()
        beside = self._beside() if position is None and not self.filters else {}
        page = self.timeline.conversations(position)
        return super().get_context_data(
            page=page,
            items=list(folded(page.items)),
            first=position is None,
            nothing=self._nothing(page),
            filters=self.filters,
            words=self.filters.text,
            said=shown_words(page, self.filters, is_first=position is None),
            newest=top(page).text,
            place=self.place(),
            **beside,
            **kwargs,
        )

    def _nothing(self, page: Any) -> Any:
        """Why there is nothing; None where there is, and where the filters may be the reason."""
        if page.shows_something or self.filters:
            return None
        return why_nothing(self.record, self.request.user)

    def _beside(self) -> dict[str, Any]:
        """What is said above the newest conversations. Asked before they are: what comes meanwhile is new."""
        said, may_look = beside(self.timeline.read_by)
        looking = looking_for(self.record, self.request.user) if may_look else None
        is_untied = bool(self.timeline.read_by[2].untied)
        return {
            "looking": looking,
            "after": newest_message(self.visible(Level.PEOPLE)) if looking else 0,
            "completeness": said,
            "left_out": left_out(self.request.user, self.record).count() if is_untied else 0,
        }


class LinkedView(RecordMixin, TemplateView):
    """One conversation, for who follows a link to it: it may be far from the first page."""

    template_name = "escala_email/timeline/linked.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        try:
            conversation = self.timeline.conversation(self.kwargs["thread_id"])
        except OverflowError:  # SQLite, of a number no database has
            conversation = None
        if conversation is None:
            raise Http404
        return super().get_context_data(conversation=conversation, place=self.place(), **kwargs)
