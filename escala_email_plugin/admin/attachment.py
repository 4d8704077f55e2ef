"""A file that came with a message."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.generic import View

from ..models import Attachment
from .downloads import download
from .record import RecordMixin


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
