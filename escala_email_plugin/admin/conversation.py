"""A conversation opened in place: its messages."""

from typing import Any

from django.http import Http404
from django.views.generic import TemplateView

from .record import RecordMixin
from .thread_levels import control


class ThreadView(RecordMixin, TemplateView):
    """A conversation's messages."""

    template_name = "escala_email/timeline/thread.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        thread_id, position = self.kwargs["thread_id"], self.position()
        try:
            page = self.timeline.thread(thread_id, position)
        except OverflowError:  # SQLite, of a number no database has
            raise Http404 from None
        if not page.items:
            raise Http404
        is_first = position is None
        return super().get_context_data(
            page=page,
            last=page.items[-1] if is_first else None,
            control=control(self.request.user, thread_id) if is_first else None,
            place=self.place(),
            **kwargs,
        )
