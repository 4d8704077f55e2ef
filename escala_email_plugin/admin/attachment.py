"""A file that came with a message: to be saved, or looked at where that does no harm."""

from typing import Any, BinaryIO

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.generic import View

from ..mail.charsets import clean, decode
from ..mail.file_kinds import BEGINNING, is_pdf, picture_type
from ..models import Attachment
from ..reading.files import file_of
from .downloads import download, viewed, viewed_text
from .record import RecordMixin

#: Bytes of a text that are shown.
TEXT = 200_000


class _FileView(RecordMixin, View):
    def attachment(self) -> Attachment:
        """Raises Http404."""
        return get_object_or_404(Attachment, pk=self.kwargs["attachment_id"], message__in=self.visible())

    def content(self, attachment: Attachment) -> BinaryIO:
        """Raises Http404 where the storage has lost it."""
        try:
            return attachment.file.open("rb")
        except FileNotFoundError:
            raise Http404 from None


class AttachmentView(_FileView):
    """An attachment as a download, of no type: whatever it is, it does not run here."""

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        attachment = self.attachment()
        return download(self.content(attachment), attachment.name)


class ViewerView(_FileView):
    """A picture, a PDF or a text, if by its bytes it is one. Raises Http404 for all else.

    What the message says it is counts for nothing.
    """

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse | FileResponse:
        attachment = self.attachment()
        file = file_of(attachment)
        if not file.can_be_viewed:
            raise Http404
        content = self.content(attachment)
        if file.kind == "text":
            with content:
                data = content.read(TEXT)
            return viewed_text(_read(data), attachment.size > TEXT)
        beginning = content.read(BEGINNING)
        content.seek(0)
        found = picture_type(beginning) if file.kind == "image" else is_pdf(beginning) and "application/pdf"
        if not found:
            content.close()
            raise Http404
        return viewed(content, attachment.name, found)


def _read(data: bytes) -> str:
    """The beginning of a text. A character that is cut in two at its end is left out."""
    for surplus in range(4):
        try:
            return clean(data[: len(data) - surplus].decode("utf-8-sig"))
        except UnicodeDecodeError:
            continue
    return clean(decode(data))
