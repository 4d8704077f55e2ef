"""A conversation opened in place: its messages."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from ..reading.opened import earlier, messages_of, opened
from ..reading.position import BadCursor, Position
from ..reading.unread import has_read
from .record import RecordMixin
from .thread_levels import control


class ThreadView(RecordMixin, TemplateView):
    """A conversation's messages; those before a place, where one is given."""

    template_name = "escala_email/timeline/thread.html"

    def get_template_names(self) -> list[str]:
        return ["escala_email/timeline/earlier.html"] if self.position() else [self.template_name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        thread_id, position = self.kwargs["thread_id"], self.position()
        try:
            shown = self._earlier(thread_id, position) if position else self._opened(thread_id)
        except OverflowError:  # SQLite, of a number no database has
            raise Http404 from None
        place = self.place()
        return super().get_context_data(place=place, link=link_to(place, thread_id), **shown, **kwargs)

    def _opened(self, thread_id: int) -> dict[str, Any]:
        # Asked for before the messages are: what comes meanwhile is not read.
        until = Position(timezone.now(), 0).text
        found = opened(self.timeline, thread_id)
        if found is None:
            raise Http404
        return {"opened": found, "until": until, "control": control(self.request.user, thread_id)}

    def _earlier(self, thread_id: int, before: Position) -> dict[str, Any]:
        if not messages_of(self.timeline, thread_id).exists():
            raise Http404
        lines, more = earlier(self.timeline, thread_id, before)
        return {"lines": lines, "more": more}


class ReadView(RecordMixin, View):
    """A conversation was really shown: what had come by then is read."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        thread_id = self.kwargs["thread_id"]
        try:
            if not messages_of(self.timeline, thread_id).exists():
                raise Http404
        except OverflowError:
            raise Http404 from None
        try:
            until = Position.read(request.POST.get("until", "")).sent_at
        except BadCursor:
            return HttpResponseBadRequest()
        has_read(request.user, thread_id, until)
        return HttpResponse(status=204)


def link_to(place: dict[str, Any], thread_id: int) -> str:
    """The address of the record's page at which a conversation opens; "" where it has none."""
    try:
        page = reverse("escala_email:record", kwargs=place)
    except NoReverseMatch:
        return ""
    return f"{page}?email_thread={thread_id}"
