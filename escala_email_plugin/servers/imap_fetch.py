"""FETCH: which UIDs to ask for in one line, and what the answers hold."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Any

from imapclient.response_parser import parse_fetch_response

from .imap_folders import MAX_NUMBER

#: Bytes of a command line's UID set. RFC 7162 6 asks clients for at most 8192 a line.
MAX_SET = 7900
#: Messages asked for by one command, so that each has a fair deadline.
MAX_MESSAGES = 1000

ADDRESS_FIELDS = "(FROM TO CC BCC)"
#: With what says to which of its addresses a mailbox was delivered: no RFC names one field for that.
DELIVERY_FIELDS = (
    "(FROM TO CC BCC DELIVERED-TO X-ORIGINAL-TO ENVELOPE-TO X-ENVELOPE-TO X-DELIVERED-TO X-FORWARDED-TO"
    " RECEIVED)"
)
GLANCE_FIELDS = "(FROM TO CC BCC SUBJECT DATE MESSAGE-ID)"
_HEADERS = b"BODY[HEADER.FIELDS"
_HEADER_LINE = re.compile(rb"\d+ \(UID (\d+) BODY\[HEADER\.FIELDS [^]]*\] \{\d+\}\Z", re.I)
_BODY_LINE = re.compile(rb"\d+ \(UID (\d+) BODY\[\] \{\d+\}\Z", re.I)


def uid_sets(uids: Iterable[int], most: int = MAX_MESSAGES) -> Iterator[tuple[str, list[int]]]:
    """``uids`` as sequence sets ("1:3,7") with the UIDs each stands for, ascending.

    Every set is explicit (no ``*``), at most MAX_SET bytes long and ``most`` messages wide.
    """
    runs: list[str] = []
    members: list[int] = []
    length = 0
    for first, last in _runs(sorted(set(uids)), most):
        text = str(first) if first == last else f"{first}:{last}"
        if runs and (length + len(text) >= MAX_SET or len(members) + last - first >= most):
            yield ",".join(runs), members
            runs, members, length = [], [], 0
        runs.append(text)
        members.extend(range(first, last + 1))
        length += len(text) + 1
    if runs:
        yield ",".join(runs), members


def _runs(uids: list[int], most: int) -> Iterator[tuple[int, int]]:
    """Consecutive stretches of ascending ``uids``, none wider than ``most``."""
    start = 0
    for at in range(1, len(uids) + 1):
        if at == len(uids) or uids[at] != uids[at - 1] + 1 or at - start == most:
            yield uids[start], uids[at - 1]
            start = at


def among(members: list[int], line: bytes) -> Iterator[int]:
    """Those of ascending ``members`` that a VANISHED line names: "(EARLIER) 41,43:116" (RFC 7162 3.2.10).

    Its ranges may span four thousand million numbers and are never expanded. Raises ValueError.
    """
    for part in line.split()[-1].split(b","):
        first, colon, last = part.partition(b":")
        ends = int(first), int(last if colon else first)
        yield from members[bisect_left(members, min(ends)) : bisect_right(members, max(ends))]


def uid_of(number: int, data: list[Any]) -> int:
    """The UID of the message with this sequence number. Raises ValueError, or what the parser raises."""
    # What came unasked may lack the UID, and is about any message.
    uid = parse_fetch_response(data, uid_is_key=False)[number][b"UID"]
    if not 0 < uid <= MAX_NUMBER:
        raise ValueError("not a UID")
    return uid


def headers(data: list[Any]) -> dict[int, bytes]:
    """UID → the header fields, from imaplib's FETCH lines. Raises what the parser raises."""
    found = _literals(data, _HEADER_LINE)
    if found is not None:
        return found
    return {uid: _bytes(value) for uid, value in _items(data, lambda key: key.startswith(_HEADERS))}


def bodies(data: list[Any]) -> dict[int, bytes | None]:
    """UID → the whole message, or None where the server says NIL."""
    found = _literals(data, _BODY_LINE)
    if found is not None:
        return found
    items = _items(data, lambda key: key == b"BODY[]")
    return {uid: None if value is None else _bytes(value) for uid, value in items}


def _literals(data: list[Any], line: re.Pattern[bytes]) -> dict[int, bytes] | None:
    """UID → the one literal of each answer, its UID told by ``line``; None where an answer looks otherwise.

    Nearly every server answers "n (UID u BODY[…] {size}" literal ")": that is read by one match a message.
    IMAPClient's parser, which goes letter by letter, is for the others.
    """
    if len(data) % 2:
        return None
    found = {}
    for lead, tail in zip(data[::2], data[1::2], strict=True):
        match = line.match(lead[0]) if isinstance(lead, tuple) and tail == b")" else None
        if not match:
            return None
        found[int(match[1])] = lead[1]
    return found


def part(data: list[Any], uid: int, offset: int) -> bytes | None:
    """The piece of message ``uid`` that begins at ``offset``; None where the message is gone."""
    wanted = b"BODY[]<%d>" % offset
    value = next((value for found, value in _items(data, wanted.__eq__) if found == uid), None)
    return None if value is None else _bytes(value)


def parsed(data: list[Any]) -> dict[int, dict[bytes, Any]]:
    """UID → items, by IMAPClient's parser: right about nearly everything, and slow."""
    return parse_fetch_response(data, normalise_times=False)


def _items(data: list[Any], wanted: Any) -> Iterator[tuple[int, Any]]:
    for uid, items in parsed(data).items():
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
