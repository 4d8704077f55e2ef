"""Whether attachments can be kept, and are nobody else's."""

import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage

from ... import conf
from ...storage import attachment_storage
from .finding import Finding, Level

CONTENT = b"Written by escala_email doctor, and removed at once."


def storage() -> Iterator[Finding]:
    """Write a file, read it, remove it; and look whether such a file could be had without asking us."""
    place = attachment_storage()
    trouble = _trouble(place)
    if trouble:
        remedy = f'See that the processes may write where STORAGES["{conf.get("STORAGE")}"] keeps its files.'
        yield Finding("attachments", Level.WRONG, f"A file could not be kept: {trouble}.", remedy)
    else:
        yield Finding("attachments", Level.OK, "A file was written, read and removed.")
    if public := _is_public(place):
        remedy = "Give attachments a storage outside of it, with base_url None, and move the files there."
        yield Finding("attachments", Level.WRONG, f"Attachments lie below {public}, which is public.", remedy)


def _trouble(place: Storage) -> str:
    """What went wrong, in as few words as the system has for it; "" where nothing did."""
    name = f"escala-email-doctor-{secrets.token_hex(8)}"
    kept = ""
    try:
        kept = place.save(name, ContentFile(CONTENT))
        with place.open(kept) as file:
            same = file.read() == CONTENT
        place.delete(kept)
        if place.exists(kept):
            return "it could not be removed"
        return "" if same else "it came back as another"
    except Exception as error:
        if kept:
            with suppress(Exception):
                place.delete(kept)
        # The words of a storage far away may hold its credentials.
        return getattr(error, "strerror", None) or type(error).__name__


def _is_public(place: Storage) -> str:
    """The setting whose folder holds the attachments and is served to everybody; "" where none does."""
    if not isinstance(place, FileSystemStorage):
        return ""
    here = Path(place.location).resolve()
    for setting in ("MEDIA_ROOT", "STATIC_ROOT"):
        served = getattr(settings, setting, None)
        if served and here.is_relative_to(Path(served).resolve()):
            return setting
    return ""
