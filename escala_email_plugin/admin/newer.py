"""Whether mail came while a record's conversations were being looked at: asked now and then by the page."""

from typing import Any

from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.generic import View

from ..reading.newer import newer
from ..reading.position import BadCursor, Position, beginning_of, day_of
from .record import RecordMixin

#: More than so many are not told apart.
MANY = 99


class NewerView(RecordMixin, View):
    """``shown``: the position of the newest conversation on the page; ``after``: what was answered before."""

    def get(self, request: HttpRequest, **kwargs: Any) -> JsonResponse:
        found = newer(self.timeline.read_by, self._shown(), self._after())
        return JsonResponse({"count": found.count, "after": found.after, "said": _said(found.count)})

    def _shown(self) -> Position:
        try:
            return Position.read(self.request.GET.get("shown", ""))
        except BadCursor:
            raise Http404 from None

    def _after(self) -> int | None:
        text = self.request.GET.get("after", "")
        if not text:
            return None
        if not text.isascii() or not text.isdecimal() or len(text) > 18:
            raise Http404
        return int(text)


def top(page: Any) -> Position:
    """What ``newer`` is asked with for a first page: where its newest conversation is.

    Where none is shown, the day's beginning: all mail of today is new then, and the page stays the same.
    """
    for item in page.items:
        if not item.is_hidden:
            message = item.newest.message
            return Position(message.sent_at, message.pk)
    return Position(beginning_of(day_of(timezone.now())), 0)


def _said(count: int) -> str:
    number = f"{MANY}+" if count > MANY else count
    return ngettext("%(number)s new message", "%(number)s new messages", count) % {"number": number}
