"""A message for who does not own the mailbox it lies in: without what tells of its delivery."""

from .mime import Raw, read, read_headers

#: A blind copy, to which of its addresses a mailbox was delivered (no RFC names one field for that), what
#: was checked on the way (RFC 8601, 7208, 8617) and who sent it on (RFC 5322 3.6.6).
PRIVATE = frozenset(
    {
        *("bcc", "apparently-to", "delivered-to", "x-delivered-to", "envelope-to"),
        *("original-recipient", "x-original-to", "x-forwarded-to", "x-forwarded-for"),
        *("received", "x-received", "x-rcpt-to", "x-gm-original-to", "x-apparently-to", "x-real-to"),
        *("return-path", "authentication-results", "received-spf"),
    }
)

#: How the names of others begin.
BEGINNINGS = ("resent-", "arc-", "x-envelope-")


class NotCertain(ValueError):
    """Whether a field is gone cannot be told."""


def without_private(raw: Raw) -> tuple[bytes, int]:
    """The header block of ``raw`` without the private fields, and where in ``raw`` what follows it begins.

    Raises Unreadable, and NotCertain where a tolerant reader would still find one of them.
    """
    root = read(raw)
    kept: list[bytes] = []
    is_private = False
    for line in root.raw[: root.start].split(b"\n"):
        if line[:1] not in (b" ", b"\t"):
            is_private = any(_is_private(_name(piece)) for piece in line.split(b"\r"))
        if not is_private:
            kept.append(line)
    header = b"\n".join(kept)
    found, _end = read_headers(header, 0, len(header))
    if any(map(_is_private, found)):
        raise NotCertain
    return header, root.start


def _is_private(name: str) -> bool:
    return name in PRIVATE or name.startswith(BEGINNINGS)


def _name(line: bytes) -> str:
    return line.partition(b":")[0].strip().lower().decode("latin-1")
