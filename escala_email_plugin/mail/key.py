"""What makes two copies one message."""

import hashlib
from collections.abc import Iterable


def message_key(
    message_id: str, header: str, subject: str, text: str, html: str, digests: Iterable[str]
) -> str:
    """64 hex digits that two copies of a message share, and no two messages.

    Made of the Message-ID *and* the content, so an id that is reused or forged makes a second message
    instead of hiding the first. What differs between the copy in Sent and the one in INBOX does not
    count: trace headers, Bcc, transfer encoding, line ends, blanks at the end of lines and of the text.
    ``header``: what it tells of the date and the people but Bcc. ``digests``: of the attachments, unordered.
    """
    parts = [message_id.strip().lower(), header, " ".join(subject.split()), _even(text), _even(html)]
    made = hashlib.sha256()
    for part in [*parts, *sorted(digests)]:
        data = part.encode("utf-8", "surrogatepass")
        # The length first: no text can pass for the end of one part and the start of the next.
        made.update(b"%d:" % len(data))
        made.update(data)
    return made.hexdigest()


def _even(text: str) -> str:
    if not text:
        return ""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")
