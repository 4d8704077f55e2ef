"""Attachments as a reader is shown them: what they are, and which of them can be looked at here."""

from dataclasses import dataclass

from ..mail.file_kinds import is_disguised, kind
from ..models import Attachment

#: Bytes of a picture that is shown small beside its name, and of one or a PDF that can be opened here.
SMALL = 2 * 2**20
LARGEST = 50 * 2**20

#: What can be looked at. A page could run something, and a program certainly does.
_LOOKED_AT = {
    "image": ("gif", "jfif", "jpeg", "jpg", "png", "webp"),
    "pdf": ("pdf",),
    "text": ("txt", "log", "md"),
}


@dataclass(frozen=True)
class File:
    """An attachment in a list. ``kind``: of ``mail.file_kinds.kind``."""

    attachment: Attachment
    kind: str

    @property
    def is_disguised(self) -> bool:
        return is_disguised(self.attachment.name)

    @property
    def can_be_viewed(self) -> bool:
        """Whether its name says that it can; the page that shows it looks at the bytes."""
        end = self.attachment.name.rpartition(".")[2].lower()
        ends = _LOOKED_AT.get(self.kind, ())
        return (
            end in ends and not self.is_disguised and (self.kind == "text" or self.attachment.size <= LARGEST)
        )

    @property
    def has_thumbnail(self) -> bool:
        return self.kind == "image" and self.can_be_viewed and 0 < self.attachment.size <= SMALL


def file_of(attachment: Attachment) -> File:
    """``attachment`` with what it is."""
    return File(attachment, kind(attachment.name, attachment.content_type))
