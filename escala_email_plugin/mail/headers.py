"""Header values as strangers write them: texts, ids, dates, and the raw block of a scan."""

import binascii
import hashlib
import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from functools import lru_cache

from .charsets import TURNING, clean, decode, raw_text
from .transfer import base64_bytes

#: Characters of a header value that are looked at; no subject or name needs more.
LONGEST = 100_000

#: Ids of one header that are kept: the conversation's first ones and the latest.
MOST_IDS = 200
LONGEST_ID = 255

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# RFC 2047 2, with what is seen in mail: "?" and blanks inside the text. No text holds the start of
# another word, which keeps the search linear.
_WORD = re.compile(r"=\?([^?\s*=]{1,60})(?:\*[^?\s]{0,60})?\?([bBqQ])\?((?:[^?=]|=(?!\?[^=])|\?(?!=))*+)\?=")
_BRACKETED = re.compile(r"<([^<>]*+)>")
_INVISIBLE = re.compile("[\\s\x00-\x20\x7f-\xa0\ud800-\udfff]+")
_FOLD = re.compile(rb"\r?\n(?=[ \t])")


def decoded(value: object) -> str:
    """A header's text: RFC 2047 words decoded, raw 8-bit tolerated, in one line and safe to store.

    Never raises. ``value`` may be str, bytes, None or one of the ``email`` package's ``Header``.
    """
    text = raw_text(value) if isinstance(value, bytes | str) else str(value or "")
    text = text[:LONGEST]
    if "=?" in text:
        text = _words(text)
    if not text.isprintable():
        text = clean(TURNING.sub("", text).replace("\x00", ""))
    return " ".join(text.split())


def _words(text: str) -> str:
    """Decode the encoded words. Neighbours in one character set may have cut a character in two."""
    pieces: list[str] = []
    pending, charset, last = b"", "", 0
    for found in _WORD.finditer(text):
        between = text[last : found.start()]
        last = found.end()
        # RFC 2047 6.2: blanks between two words are not shown.
        if pending and (between.strip() or charset != found[1].lower()):
            pieces.append(decode(pending, charset))
            pending = b""
        if between.strip() or not (pieces or pending):
            pieces.append(between)
        pending += _word(found[2], found[3])
        charset = found[1].lower()
    pieces.append(decode(pending, charset))
    pieces.append(text[last:])
    return "".join(pieces)


def _word(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "surrogatepass")
    if encoding in "bB":
        return base64_bytes(data)
    return binascii.a2b_qp(data.replace(b"\n", b"").replace(b"\r", b""), header=True)


def message_ids(value: object) -> tuple[str, ...]:
    """The ids of a Message-ID, In-Reply-To or References header (RFC 5322 3.6.4), each once, in order.

    Without brackets, blanks and controls; the host in lower case; one of more than 255
    characters as "sha256:" and its hash. Of more than 200, the first and the last hundred.
    """
    text = raw_text(value) if isinstance(value, bytes | str) else str(value or "")
    if "=?" in text:
        text = decoded(text)
    found = _BRACKETED.findall(text)
    if not found:
        words = text.split()
        # Old programs leave the brackets out. An address in prose is no id: it would join conversations.
        found = words if len(words) == 1 or all("@" in word for word in words) else []
    ids = list(dict.fromkeys(one for one in map(_id, found) if one))
    if len(ids) > MOST_IDS:
        ids = ids[: MOST_IDS // 2] + ids[-MOST_IDS // 2 :]
    return tuple(ids)


def _id(text: str) -> str:
    text = _INVISIBLE.sub("", clean(text)).strip("<>")
    left, at, host = text.rpartition("@")
    text = left + at + (host.lower() if at else host)
    if len(text) > LONGEST_ID:
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    return text


def date(value: object, arrived: datetime | None) -> datetime | None:
    """The moment a Date header tells, aware and in UTC.

    ``arrived`` (when the server took the message) instead where the header is absent, broken, before
    1970, or more than a day later than that.
    """
    if arrived is not None:
        arrived = arrived.replace(tzinfo=UTC) if arrived.tzinfo is None else arrived.astimezone(UTC)
    text = raw_text(value) if isinstance(value, bytes | str) else str(value or "")
    told = _moment(text[:200])
    if told is None or told < EPOCH or (arrived is not None and told - arrived > timedelta(days=1)):
        return arrived
    return told


@lru_cache(maxsize=16)  # a message's date is asked for by what it is worth, and by what it says
def _moment(text: str) -> datetime | None:
    try:
        read = parsedate_tz(text)
        if read is None:
            return None
        *when, second = read[:6]
        zone = timezone(timedelta(seconds=read[9] or 0))
        # A leap second is told as 60.
        return datetime(*when, min(second, 59), tzinfo=zone).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None


def zone(value: object) -> timezone | None:
    """The zone of a Date header; None where it cannot be read."""
    text = raw_text(value) if isinstance(value, bytes | str) else str(value or "")
    try:
        read = parsedate_tz(text[:200])
        return timezone(timedelta(seconds=read[9] or 0)) if read else None
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None


def address_headers(raw: bytes) -> dict[str, bytes]:
    """A raw header block as ``{lower-case name: unfolded value}``; repeated names joined by ", ".

    The block ends with the first empty line. Lines that are no header are left out.
    """
    fields: dict[str, list[bytes]] = {}
    for line in _FOLD.sub(b"", raw).split(b"\n"):
        if line in (b"", b"\r"):
            break
        name, colon, value = line.partition(b":")
        if not colon or not name.isascii():
            continue
        fields.setdefault(name.strip().lower().decode("ascii"), []).append(value.strip())
    return {name: b", ".join(values) for name, values in fields.items()}
