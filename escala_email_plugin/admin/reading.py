"""The fragments of a timeline. Each asks first: may this user see the record, then the message?"""

from typing import Any

from django.apps import apps
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.generic import TemplateView, View

from ..mail.safe_html import CSP, document, safe, text_as_html
from ..models import Attachment, Message, RecordAddress
from ..modules import may_see, module_of
from ..permissions import CONNECT_PERSONAL_ACCOUNT
from ..sync.connection import connected
from .inline_images import inline_images
from .timeline import BadCursor, Position, Timeline

#: The control that keeps a mail from fetching or running anything; the sanitiser is the second layer.
BODY_POLICY = (
    f"{CSP}; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)


class RecordMixin:
    """Finds the record a fragment is about, for who may see it."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.record = self._record()
        self.timeline = Timeline(self.record, request.user)

    def _record(self) -> Any:
        """Raises Http404 for what the host did not declare or has not, PermissionDenied by its policy."""
        try:
            model = apps.get_model(self.kwargs["app_label"], self.kwargs["model_name"])
        except LookupError:
            raise Http404 from None
        if module_of(model) is None:
            raise Http404
        try:
            record = get_object_or_404(model._default_manager, pk=unquote(self.kwargs["pk"]))
        except (ValidationError, ValueError, OverflowError):
            raise Http404 from None
        if not may_see(self.request.user, record):
            raise PermissionDenied
        return record

    def position(self) -> Position | None:
        """Where the page begins. Raises Http404 for a position nobody gave out."""
        text = self.request.GET.get("before")
        try:
            return Position.read(text) if text else None
        except BadCursor:
            raise Http404 from None

    def message(self) -> Message:
        """The message asked for, if this user sees it on this record. Raises Http404."""
        return get_object_or_404(self.visible(), pk=self.kwargs["message_id"])

    def visible(self) -> QuerySet:
        return Message.objects.of_record(*self.timeline.of).visible_to(self.request.user)

    def place(self) -> dict[str, Any]:
        """The record's part of a URL."""
        return {name: self.kwargs[name] for name in ("app_label", "model_name", "pk")}


class TimelineView(RecordMixin, TemplateView):
    """A page of conversations."""

    template_name = "escala_email/timeline/conversations.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        position = self.position()
        page = self.timeline.conversations(position)
        why_empty = "" if page.items else why_nothing(self.record, self.request.user)
        return super().get_context_data(
            page=page, first=position is None, why_empty=why_empty, place=self.place(), **kwargs
        )


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
        return super().get_context_data(
            page=page, last=page.items[-1] if position is None else None, place=self.place(), **kwargs
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


def why_nothing(record: Any, user: Any) -> str:
    """Why a record shows no conversation: no_address, not_connected, running, or none."""
    content_type = ContentType.objects.get_for_model(record)
    if not RecordAddress.objects.filter(content_type=content_type, object_id=str(record.pk)).exists():
        return "no_address"
    account = connected(user)
    if account is None:
        return "not_connected" if user.has_perm(CONNECT_PERSONAL_ACCOUNT) else "none"
    return "running" if account.last_success is None else "none"


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
        return FileResponse(
            content,
            as_attachment=True,
            filename=attachment.name,
            content_type="application/octet-stream",
            headers={
                "Content-Security-Policy": "default-src 'none'; sandbox",
                "X-Content-Type-Options": "nosniff",
            },
        )
