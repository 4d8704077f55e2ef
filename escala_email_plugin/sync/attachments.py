"""Attachments go to the host's storage, each content once, under a name nobody can guess."""

import hashlib
from collections.abc import Iterable

from django.core.files.base import ContentFile
from django.utils.crypto import salted_hmac

from ..mail.parse import Part
from ..models import Attachment
from ..storage import attachment_storage
from .files import keep_from_removal

SALT = "escala_email.attachment"


def digest(part: Part) -> str:
    """The SHA-256 of a part's content, in hex."""
    return hashlib.sha256(part.content).hexdigest()


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
            size=len(part.content),
            sha256=digest(part),
            content_id=part.content_id,
            inline=part.inline,
            file=_write(part.content, digest(part)),
        )
        for position, part in enumerate(parts)
    ]


def _write(content: bytes, sha256: str) -> str:
    storage = attachment_storage()
    secret = salted_hmac(SALT, sha256, algorithm="sha256").hexdigest()
    name = f"escala_email/{secret[:2]}/{secret[2:]}"
    keep_from_removal([name])
    if storage.exists(name):
        if storage.size(name) == len(content):
            return name
        storage.delete(name)  # cut short by a dead worker
    return storage.save(name, ContentFile(content))
