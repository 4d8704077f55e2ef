"""FETCH: which UIDs to ask for in one line, and what the answers hold."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from imapclient.response_parser import parse_fetch_response

#: Bytes of a command line's UID set. RFC 7162 6 asks clients for at most 8192 a line.
MAX_SET = 7900
#: Messages asked for by one command, so that each has a fair deadline.
MAX_MESSAGES = 1000

ADDRESS_FIELDS = "(FROM TO CC BCC)"
_HEADERS = b"BODY[HEADER.FIELDS"
_HEADER_LINE = re.compile(rb"\d+ \(UID (\d+) BODY\[HEADER\.FIELDS [^]]*\] \{\d+\}\Z", re.I)


def uid_sets(uids: Iterable[int]) -> Iterator[tuple[str, list[int]]]:
    """``uids`` as sequence sets ("1:3,7") with the UIDs each stands for, ascending.

    Every set is explicit (no ``*``), at most MAX_SET bytes long and MAX_MESSAGES wide.
    """
    runs: list[str] = []
    members: list[int] = []
    length = 0
    for first, last in _runs(sorted(set(uids))):
        text = str(first) if first == last else f"{first}:{last}"
        if runs and (length + len(text) >= MAX_SET or len(members) + last - first >= MAX_MESSAGES):
            yield ",".join(runs), members
            runs, members, length = [], [], 0
        runs.append(text)
        members.extend(range(first, last + 1))
        length += len(text) + 1
    if runs:
        yield ",".join(runs), members


def _runs(uids: list[int]) -> Iterator[tuple[int, int]]:
    """Consecutive stretches of ascending ``uids``, none wider than MAX_MESSAGES."""
    start = 0
    for at in range(1, len(uids) + 1):
        if at == len(uids) or uids[at] != uids[at - 1] + 1 or at - start == MAX_MESSAGES:
            yield uids[start], uids[at - 1]
            start = at


def headers(data: list[Any]) -> dict[int, bytes]:
    """UID → the header fields, from imaplib's FETCH lines. Raises what the parser raises."""
    found = {}
    # Nearly every server answers "n (UID u BODY[HEADER.FIELDS (…)] {size}" literal ")": read that
    # by one match a message; IMAPClient's parser, which goes letter by letter, is for the others.
    for lead, tail in zip(data[::2], data[1::2], strict=False):
        match = _HEADER_LINE.match(lead[0]) if isinstance(lead, tuple) and tail == b")" else None
        if not match:
            break
        found[int(match[1])] = lead[1]
    else:
        if len(data) % 2 == 0:
            return found
    return {uid: _bytes(value) for uid, value in _items(data, lambda key: key.startswith(_HEADERS))}


def sizes(data: list[Any]) -> dict[int, tuple[int, datetime | None]]:
    """UID → (RFC822.SIZE, INTERNALDATE in UTC or None where it is none)."""
    found = {}
    for uid, items in _parsed(data).items():
        size = items.get(b"RFC822.SIZE")
        if isinstance(size, int):
            found[uid] = (size, _utc(items.get(b"INTERNALDATE")))
    return found


def bodies(data: list[Any]) -> dict[int, bytes | None]:
    """UID → the whole message, or None where the server says NIL."""
    items = _items(data, lambda key: key == b"BODY[]")
    return {uid: None if value is None else _bytes(value) for uid, value in items}


def part(data: list[Any], uid: int, offset: int) -> bytes | None:
    """The piece of message ``uid`` that begins at ``offset``; None where the message is gone."""
    wanted = b"BODY[]<%d>" % offset
    value = next((value for found, value in _items(data, wanted.__eq__) if found == uid), None)
    return None if value is None else _bytes(value)


def _parsed(data: list[Any]) -> dict[int, dict[bytes, Any]]:
    return parse_fetch_response(data, normalise_times=False)


def _items(data: list[Any], wanted: Any) -> Iterator[tuple[int, Any]]:
    for uid, items in _parsed(data).items():
        for key, value in items.items():
            if wanted(key):
                yield uid, value


def _bytes(value: Any) -> bytes:
    if value is None:
        return b""
    if isinstance(value, int):  # an atom of digits
        return b"%d" % value
    if not isinstance(value, bytes):
        raise ValueError("not a string")
    return value


def _utc(value: Any) -> datetime | None:
    if not isinstance(value, datetime):
        return None
    try:
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except (OverflowError, ValueError):
        return None
