"""What makes two copies of a message the same message."""

import hashlib
from collections.abc import Iterable


def message_key(
    message_id: str, sender: str, subject: str, text: str, html: str, attachments: Iterable[str]
) -> str:
    """A hash, in hex, of the Message-ID *and* the content; ``attachments`` are their digests.

    The copies in Sent, in INBOX and in a colleague's mailbox give the same key: transfer encodings, line ends
    and Received fields are not in it. A reused or forged Message-ID gives another.
    """
    digest = hashlib.sha256()
    for part in (message_id, sender, subject, text, html, *sorted(attachments)):
        digest.update(" ".join(part.split()).encode("utf-8", "replace"))
        digest.update(b"\0")
    return digest.hexdigest()
