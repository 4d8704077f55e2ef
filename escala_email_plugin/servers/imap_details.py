"""What is known of a message before its body: its size, when it arrived, and who the provider says it is."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from imapclient.datetime_util import parse_to_datetime

from ..mail.headers import address_headers, date, message_ids
from .imap_fetch import parsed
from .imap_folders import MAX_NAME, decoded, object_id
from .imap_listing import groups

#: RFC 9051 4.2: sizes are 63 bits wide.
MAX_SIZE = 2**63 - 1
#: Labels kept of a message; Gmail allows a mailbox some ten thousand.
MOST_LABELS = 500

_MESSAGE_ID = b"BODY[HEADER.FIELDS"
_MONTHS = {name: at for at, name in enumerate(b"jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_MOMENT = re.compile(rb" ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
_QUOTED = rb'"(?:[^"\\]|\\.)*+"'
# One item of a FETCH answer: a name, and a number, a string, a list without literals, a literal or NIL.
_ITEM = re.compile(
    rb" ?([A-Z0-9.-]+(?:\[[^]]*\])?) (?:(\d{1,20})|\"((?:[^\"\\]|\\.)*+)\"|\(((?:[^()\"{]|"
    + _QUOTED
    + rb")*+)\)"
    rb"|(\{\d+\}\Z)|NIL)(?=[ )]|\Z)",
    re.I,
)
_WORD = re.compile(rb'"((?:[^"\\]|\\.)*+)"|([^\s"()]+)')
_START = re.compile(rb"\d+ \(")
_ESCAPED = re.compile(rb'\\(["\\])')


@dataclass(frozen=True, slots=True)
class Detail:
    """``arrived`` in UTC, None where the server tells none. ``message_id`` as ``mail`` writes ids, or "".

    ``provider_id`` and ``provider_thread``: X-GM-MSGID and X-GM-THRID, or EMAILID and THREADID (RFC 8474),
    which every place of a message in the mailbox shares; "" elsewhere. ``labels``: X-GM-LABELS. ``dated``:
    what its Date says, as ``mail.headers.date`` judges it; None where nothing is said of any moment.
    """

    size: int
    arrived: datetime | None
    message_id: str = ""
    provider_id: str = ""
    provider_thread: str = ""
    labels: tuple[str, ...] = ()
    dated: datetime | None = field(default=None, compare=False)


def items(gmail: bool, objects: bool) -> str:
    """What FETCH is asked for, of a server with X-GM-EXT-1 or OBJECTID or neither."""
    wanted = "UID RFC822.SIZE INTERNALDATE"
    if gmail:
        wanted += " X-GM-MSGID X-GM-THRID X-GM-LABELS"
    elif objects:
        wanted += " EMAILID THREADID"
    return f"({wanted} BODY.PEEK[HEADER.FIELDS (MESSAGE-ID DATE)])"


def details(data: list[Any]) -> dict[int, Detail]:
    """UID → detail, from imaplib's FETCH lines. Raises what IMAPClient's parser raises."""
    found: dict[int, dict[bytes, Any]] = {}
    for line in groups(data):
        for uid, told in (_read(line) or parsed(line)).items():
            # A line that nobody asked for may follow, with flags only.
            found.setdefault(uid, {}).update(told)
    return {uid: _detail(told) for uid, told in found.items() if _is_size(told.get(b"RFC822.SIZE"))}


def _read(line: list[Any]) -> dict[int, dict[bytes, Any]] | None:
    """A line's items by one match each; None where it is not as nearly every server writes it."""
    told: dict[bytes, Any] = {}
    rest = b""
    for piece in line:
        text, literal = piece if isinstance(piece, tuple) else (piece, None)
        start = _START.match(text) if piece is line[0] else None
        at = start.end() if start else 0
        while found := _ITEM.match(text, at):
            told[found[1].upper()] = _value(found, literal)
            at = found.end()
        rest = text[at:]
    uid = told.get(b"UID")
    return {uid: told} if rest == b")" and isinstance(uid, int) else None


def _value(found: re.Match[bytes], literal: bytes | None) -> Any:
    """As IMAPClient's parser gives it."""
    _key, number, quoted, several, marker = found.groups()
    if number:
        return int(number)
    if quoted is not None:
        return _ESCAPED.sub(rb"\1", quoted)
    if several is not None:
        return tuple(atom or _ESCAPED.sub(rb"\1", text) for text, atom in _WORD.findall(several))
    return literal if marker else None


def _detail(told: Mapping[bytes, Any]) -> Detail:
    header = next((value for key, value in told.items() if key.startswith(_MESSAGE_ID)), b"")
    headers = address_headers(header) if isinstance(header, bytes) else {}
    ids = message_ids(headers.get("message-id"))
    arrived = _moment(told.get(b"INTERNALDATE"))
    return Detail(
        size=told[b"RFC822.SIZE"],
        arrived=arrived,
        message_id=ids[0] if ids else "",
        provider_id=_id(told.get(b"X-GM-MSGID")) or object_id(told.get(b"EMAILID")),
        provider_thread=_id(told.get(b"X-GM-THRID")) or object_id(told.get(b"THREADID")),
        labels=tuple(_labels(told.get(b"X-GM-LABELS"))),
        dated=date(headers.get("date"), arrived),
    )


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and 0 <= value <= MAX_SIZE


def _id(number: Any) -> str:
    return str(number) if isinstance(number, int) else ""


def _labels(several: Any) -> Iterator[str]:
    for label in several[:MOST_LABELS] if isinstance(several, tuple) else ():
        wire = b"%d" % label if isinstance(label, int) else label
        if isinstance(wire, bytes) and wire:
            yield " ".join(decoded(wire).split())[:MAX_NAME]


def _moment(value: Any) -> datetime | None:
    """INTERNALDATE (RFC 9051, date-time) in UTC; None where it is no moment."""
    try:
        if isinstance(value, bytes):
            value = _date_time(value) or parse_to_datetime(value, normalise=False)
        if not isinstance(value, datetime):
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except (OverflowError, ValueError):
        return None


def _date_time(value: bytes) -> datetime | None:
    found = _MOMENT.fullmatch(value)
    month = _MONTHS.get(found[2].lower()) if found else None
    if not month:
        return None
    day, _month, year, hour, minute, second, sign, hours, minutes = found.groups()
    zone = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == b"-" else 1)
    numbers = map(int, (year, month, day, hour, minute, second))
    return datetime(*numbers, tzinfo=timezone(zone))
