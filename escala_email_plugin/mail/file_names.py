"""What an attachment is called: never a path, never something a page or a file system trips over."""

import re

from .headers import decoded

LONGEST = 150

EXTENSIONS = {
    "application/ics": ".ics",
    "application/json": ".json",
    "application/ms-tnef": ".dat",
    "application/msword": ".doc",
    "application/pdf": ".pdf",
    "application/pgp-signature": ".asc",
    "application/pkcs7-signature": ".p7s",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/x-pkcs7-signature": ".p7s",
    "application/zip": ".zip",
    "audio/mpeg": ".mp3",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "image/webp": ".webp",
    "message/delivery-status": ".txt",
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/rfc822-headers": ".txt",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
    "video/mp4": ".mp4",
}

# Controls, zero-width and direction marks, and what no file system likes in a name.
_BAD = re.compile('[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"*:<>?|]+')


def file_name(told: str, content_type: str, number: int) -> str:
    """A safe name of at most 150 characters for attachment ``number`` (from 1).

    ``told``: what the message calls it, any path before it taken off. Where that leaves nothing, a plain
    name with an extension that fits ``content_type``.
    """
    name = re.split(r"[/\\]", decoded(told))[-1]
    name = " ".join(_BAD.sub("", name).split()).strip(". ")
    if not name:
        return f"attachment-{number}{EXTENSIONS.get(content_type, '.bin')}"
    if len(name) > LONGEST:
        stem, dot, extension = name.rpartition(".")
        if dot and len(extension) <= 16:
            return f"{stem[: LONGEST - 1 - len(extension)].rstrip('. ')}.{extension}"
        return name[:LONGEST].rstrip(". ")
    return name
