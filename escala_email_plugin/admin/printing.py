"""A message or a conversation on a page of its own that is fit to be printed, and opens the print dialog."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static
from django.views.generic import TemplateView

from ..models import Message
from ..reading.opened import Line, lines_of, whole
from ..visibility import Level
from .printed_cards import sheets
from .record import RecordMixin

#: Messages of a conversation that are printed: the newest.
MOST = 200


class PrintMixin(RecordMixin):
    """A document without Wagtail around it: its texts are the same frames as in the admin.

    ``lines``: what is printed; raises Http404.
    """

    lines: Callable[[], list[Line]]
    template_name = "escala_email/timeline/print.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        response = super().get(request, **kwargs)
        response.headers["Content-Security-Policy"] = _policy()
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = self.lines()
        subjects = (line.letter.message.subject for line in lines if line.letter.shows_subject)
        subject = next((one for one in subjects if one), "")
        return super().get_context_data(sheets=sheets(lines), subject=subject, place=self.place(), **kwargs)


def _policy() -> str:
    """Only our own script and style, wherever the host serves them from, and the frames with the texts."""
    at = urlsplit(static("escala_email/js/print.js"))
    ours = f"'self' {at.scheme or 'https'}://{at.netloc}" if at.netloc else "'self'"
    return (
        f"default-src 'none'; script-src {ours}; style-src {ours}; frame-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


class PrintMessageView(PrintMixin, TemplateView):
    """One message that the reader sees all of."""

    def lines(self) -> list[Line]:
        message: Message = self.message()
        return lines_of([message], self.request.user)


class PrintThreadView(PrintMixin, TemplateView):
    """The conversation, as far as the reader sees it."""

    def lines(self) -> list[Line]:
        try:
            lines = whole(self.timeline, self.kwargs["thread_id"], MOST)
        except OverflowError:  # SQLite, of a number no database has
            raise Http404 from None
        if not any(line.letter.level > Level.NOTHING for line in lines):
            raise Http404
        return lines
