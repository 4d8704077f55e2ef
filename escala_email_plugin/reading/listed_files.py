"""Which attachments a person would call files: not what is seen in the text, nor what a card tells already.

What is not listed is still in the original.
"""

import re
from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q

from ..mail.attached import HEADS
from ..models import Attachment
from .inline_images import SHOWN_INSIDE, is_shown_inside
from .shown_as import CALENDARS, MESSAGES, REPORTS, kind_of, read_for_cards

#: What ``mail.file_names`` calls a calendar that came without a name.
MADE_UP = r"^attachment-[0-9]+\.(ics|bin)$"

_REPORT_BESIDE = Attachment.objects.filter(message=OuterRef("message"), content_type__in=REPORTS)

#: The attachments that are not listed. What a report brings back was attached by nobody.
NO_FILE = (
    SHOWN_INSIDE
    | Q(content_type__in=REPORTS | HEADS)
    | Q(content_type__in=CALENDARS, name__regex=MADE_UP)
    | Q(Exists(_REPORT_BESIDE), content_type__in=MESSAGES)
)


def files_of(attachments: Collection[Attachment]) -> list[Attachment]:
    """Those of a message's ``attachments`` that are listed. What is too many to become a card is."""
    told = read_for_cards(attachments)
    is_report = any(kind_of(one) == "report" for one in attachments)
    return [
        one
        for one in attachments
        if not is_shown_inside(one) and not (one in told and _is_told(one, is_report))
    ]


def _is_told(one: Attachment, is_report: bool) -> bool:
    """Whether its card says all that somebody would look for in it. ``is_report``: a report is beside it."""
    if one.content_type in REPORTS | HEADS:
        return True
    if one.content_type in CALENDARS:
        return re.match(MADE_UP, one.name) is not None
    return is_report and one.content_type in MESSAGES
