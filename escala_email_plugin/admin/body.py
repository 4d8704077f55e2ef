"""A message's text, as a document for a sandboxed frame."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.generic import View

from ..mail.safe_html import CSP, document, safe, text_as_html
from ..models import Message
from ..reading.inline_images import inline_images
from .record import RecordMixin

#: The control that keeps a mail from fetching or running anything; the sanitiser is the second layer.
BODY_POLICY = (
    f"{CSP}; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)


@method_decorator(xframe_options_sameorigin, name="dispatch")
class BodyView(RecordMixin, View):
    """A message's text as a document of its own, for a sandboxed frame."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        message = self.message()
        return HttpResponse(
            document(_fragment(message)),
            headers={
                "Content-Security-Policy": BODY_POLICY,
                "Referrer-Policy": "no-referrer",
                "X-Content-Type-Options": "nosniff",
                "X-DNS-Prefetch-Control": "off",
            },
        )


def _fragment(message: Message) -> str:
    shown = safe(message.html, inline_images(message)) if message.html else ""
    if shown.strip():
        return shown
    return text_as_html(message.text if message.text.strip() else _("(no text)"))
