"""Attachments go to the host's storage, each content once, under a name nobody can guess."""

from collections.abc import Iterable

from django.utils.crypto import salted_hmac

from ..mail.parse import Part
from ..models import Attachment
from ..storage import attachment_storage
from .files import keep_from_removal
from .part_file import PartFile

SALT = "escala_email.attachment"


def keep(parts: Iterable[Part]) -> list[Attachment]:
    """Write the files and return the rows to be stored with the message (unsaved).

    Written before the message's transaction: what a dead worker leaves behind is found again by
    the next one, because the name follows from the content.
    """
    return [
        Attachment(
            position=position,
            name=part.name,
            content_type=part.content_type,
            size=part.size,
            sha256=part.sha256,
            content_id=part.content_id,
            inline=part.inline,
            file=_write(part),
        )
        for position, part in enumerate(parts)
    ]


def _write(part: Part) -> str:
    storage = attachment_storage()
    secret = salted_hmac(SALT, part.sha256, algorithm="sha256").hexdigest()
    name = f"escala_email/{secret[:2]}/{secret[2:]}"
    keep_from_removal([name])
    if storage.exists(name):
        if storage.size(name) == part.size:
            return name
        storage.delete(name)  # cut short by a dead worker
    return storage.save(name, PartFile(part))
