"""The fragments of a timeline. Each asks first: may this user see the record, then the message?"""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.generic import TemplateView, View

from ..mail.safe_html import CSP, document, safe, text_as_html
from ..models import Attachment, Message
from ..sync.lookups import looking_for
from ..visibility import Level
from .downloads import download
from .folding import folded
from .inline_images import inline_images
from .looking import completeness, newest_message
from .record import RecordMixin
from .thread_levels import control
from .why_nothing import why_nothing

#: The control that keeps a mail from fetching or running anything; the sanitiser is the second layer.
BODY_POLICY = (
    f"{CSP}; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)


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
        }


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


class AttachmentView(RecordMixin, View):
    """An attachment, always as a download: nothing a stranger sent is shown from our origin."""

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        attachment = get_object_or_404(
            Attachment, pk=self.kwargs["attachment_id"], message__in=self.visible()
        )
        try:
            content = attachment.file.open("rb")
        except FileNotFoundError:
            raise Http404 from None
        return download(content, attachment.name)
