"""The pictures inside a mail's text, as data: URIs for its frame."""

import base64

from django.db.models import Q

from ..models import Attachment, Message

#: What browsers show as a picture and nothing else. SVG is a document, so it is not here.
IMAGES = ("image/gif", "image/jpeg", "image/png", "image/webp")

#: Bytes of pictures in one document.
BUDGET = 5 * 2**20


#: The attachments that are seen in the text, and therefore not listed below it.
SHOWN_INSIDE = Q(inline=True, content_type__in=IMAGES, size__lte=BUDGET)


def is_shown_inside(attachment: Attachment) -> bool:
    """The same of one attachment."""
    return attachment.inline and attachment.content_type in IMAGES and attachment.size <= BUDGET


def inline_images(message: Message) -> dict[str, str]:
    """``{content id: data URI}`` of the message's small pictures."""
    found: dict[str, str] = {}
    budget = BUDGET
    for attachment in message.attachments.filter(content_type__in=IMAGES).exclude(content_id=""):
        if attachment.size > budget:
            continue
        budget -= attachment.size
        try:
            with attachment.file.open("rb") as file:
                content = base64.b64encode(file.read()).decode()
        except FileNotFoundError:
            continue
        found[attachment.content_id] = f"data:{attachment.content_type};base64,{content}"
    return found
