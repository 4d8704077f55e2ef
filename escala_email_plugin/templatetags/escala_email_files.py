"""How attachments are called and drawn in a list."""

from django import template
from django.utils.translation import gettext_lazy as _

from ..models import Attachment
from ..reading.files import File, file_of

register = template.Library()

#: By ``mail.file_kinds.kind``: what a person calls it, and one of Wagtail's icons.
KINDS = {
    "image": (_("Picture"), "image"),
    "pdf": (_("PDF document"), "doc-full"),
    "document": (_("Document"), "doc-full"),
    "sheet": (_("Spreadsheet"), "table"),
    "slides": (_("Presentation"), "desktop"),
    "text": (_("Text"), "pilcrow"),
    "archive": (_("Compressed file"), "folder"),
    "audio": (_("Sound"), "media"),
    "video": (_("Video"), "media"),
    "calendar": (_("Calendar"), "date"),
    "contact": (_("Contact card"), "user"),
    "mail": (_("E-mail"), "mail"),
    "page": (_("Web page"), "code"),
    "program": (_("Program"), "cogs"),
    "other": (_("File"), "doc-empty"),
}


@register.filter
def file(attachment: Attachment) -> File:
    """An attachment with what it is."""
    return file_of(attachment)


@register.filter
def file_label(file: File) -> str:
    """What a person calls such a file."""
    return str(KINDS[file.kind][0])


@register.filter
def file_icon(file: File) -> str:
    """The name of its icon."""
    return KINDS[file.kind][1]
