"""Header fields: encoded words, Message-IDs, dates, and the address lines of a scan."""

import hashlib
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import parsedate_to_datetime

from .text import decode

_ENCODED = re.compile(r"=\?[^?\s]{1,60}\?[bq]\?", re.IGNORECASE)
_BRACKETED = re.compile(r"<([^<>]*)>")
_IDS = 200
_LONGEST_ID = 255
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def decoded(value: str | bytes) -> str:
    """A header's value for people: encoded words read (RFC 2047), one line, nothing unprintable in it."""
    text = decode(value, None) if isinstance(value, bytes) else _restored(value)
    if _ENCODED.search(text):
        with suppress(HeaderParseError, ValueError, LookupError, AssertionError):  # else shown as it came
            text = "".join(
                part if isinstance(part, str) else decode(part, charset)
                for part, charset in decode_header(" ".join(text.split()))
            )
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _restored(value: str) -> str:
    """Raw 8-bit text, which ``email`` hands on as surrogates (PEP 383), by the charset it probably has."""
    if value.isascii():
        return value
    try:
        return decode(value.encode("utf-8", "surrogateescape"), None)
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace").decode("utf-8")


def message_ids(value: str | bytes) -> tuple[str, ...]:
    """The ids of a Message-ID, In-Reply-To or References field (RFC 5322 3.6.4), each once.

    Without brackets and white space, the host in lower case; a longer one than 255 characters is
    told by its hash. Of very many, the first and the last are kept: a thread begins and ends there.
    """
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    found = _BRACKETED.findall(text) or ([text] if len(text.split()) == 1 else [])
    ids = list(dict.fromkeys(filter(None, map(_message_id, found))))
    return tuple(ids if len(ids) <= _IDS else [*ids[:10], *ids[10 - _IDS :]])


def _message_id(text: str) -> str:
    bare = "".join(one for one in text if one.isprintable() and not one.isspace())
    left, at, host = bare.rpartition("@")
    whole = f"{left}@{host.lower()}" if at else bare
    if len(whole) > _LONGEST_ID:
        return "sha256:" + hashlib.sha256(whole.encode()).hexdigest()
    return whole


def date(value: str | None, arrived: datetime | None) -> datetime | None:
    """When a message was sent, in UTC; ``arrived`` where the Date is absent, broken or cannot be true."""
    try:
        sent = parsedate_to_datetime(value or "")
        sent = sent.replace(tzinfo=UTC) if sent.tzinfo is None else sent.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return arrived
    if sent < _EPOCH or (arrived is not None and sent > arrived + timedelta(days=1)):
        return arrived
    return sent


_FOLD = re.compile(rb"\r?\n(?=[ \t])")


def address_headers(raw: bytes) -> dict[str, bytes]:
    """A raw header block by lower-case name, unfolded; repeated fields joined with a comma."""
    found: dict[str, bytes] = {}
    for line in _FOLD.sub(b"", raw).splitlines():
        name, colon, value = line.partition(b":")
        if colon:
            key = name.strip().decode("ascii", "replace").lower()
            value = value.strip()
            found[key] = found[key] + b", " + value if found.get(key) else value
    return found
