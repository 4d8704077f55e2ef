"""The reader's choice about the pictures of a message that lie outside."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.views.generic import View

from ..reading.pictures import always, once, stop, trusted_sender
from .record import RecordMixin


class PicturesView(RecordMixin, View):
    """Answers with the address of the body as it was chosen.

    ``choice``: "once", "always" or "never" of this sender. Only posted, so that nothing somebody links to
    makes a browser fetch what lies outside.
    """

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        message = self.message()
        choice = request.POST.get("choice", "once")
        url = reverse("escala_email:body", kwargs={**self.place(), "message_id": message.pk})
        if choice == "once":
            return _address(f"{url}?{urlencode({'images': once(request.user, message)})}")
        sender = trusted_sender(message)
        if sender is None or choice not in ("always", "never"):
            return HttpResponseBadRequest()
        (always if choice == "always" else stop)(request.user, sender)
        return _address(url)


def _address(url: str) -> HttpResponse:
    return HttpResponse(
        url, content_type="text/plain; charset=utf-8", headers={"X-Content-Type-Options": "nosniff"}
    )
