"""Note that somebody has a record's conversations before them: what comes later is new to them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views import View

from ..reading.visits import visited
from .record import RecordMixin


class VisitView(RecordMixin, View):
    """By a POST of the page's script, once the conversations have come: to ask for them changes nothing."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        visited(self.record, request.user)
        return HttpResponse(status=204)
