"""Attachments go to the host's storage, each content once, under a name nobody can guess."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from django.utils.crypto import salted_hmac

from ..mail.parse import Part
from ..models import Attachment
from ..storage import attachment_storage
from .files import keep_from_removal
from .part_file import PartFile

Key = TypeVar("Key", bound=Hashable)

SALT = "escala_email.attachment"


def keep(messages: Mapping[Key, Sequence[Part]]) -> dict[Key, list[Attachment]]:
    """Write the files of some messages' parts and return the rows to be stored with each (unsaved).

    Written before the messages' transaction: what a dead worker leaves behind is found again by
    the next one, because the name follows from the content.
    """
    keep_from_removal({_name(part) for parts in messages.values() for part in parts})
    return {
        key: [_kept(position, part) for position, part in enumerate(parts)] for key, parts in messages.items()
    }


def _kept(position: int, part: Part) -> Attachment:
    return Attachment(
        position=position,
        name=part.name,
        content_type=part.content_type,
        size=part.size,
        sha256=part.sha256,
        content_id=part.content_id,
        inline=part.inline,
        file=_write(part),
    )


def _name(part: Part) -> str:
    secret = salted_hmac(SALT, part.sha256, algorithm="sha256").hexdigest()
    return f"escala_email/{secret[:2]}/{secret[2:]}"


def _write(part: Part) -> str:
    storage, name = attachment_storage(), _name(part)
    if storage.exists(name):
        if storage.size(name) == part.size:
            return name
        storage.delete(name)  # cut short by a dead worker
    return storage.save(name, PartFile(part))
