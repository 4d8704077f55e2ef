"""What clients say to the stand-in for Gmail, taken apart."""

import re
from collections.abc import Callable
from typing import Any

from imapclient.imap_utf7 import encode as encode_utf7

from escala_email_plugin.mail.headers import decoded

from .gmail_box import Mail

Test = Callable[[int, Mail], bool]

_QUOTED = rb'"((?:[^"\\]|\\.)*)"'
_ATOM = rb'([^\s()"]*\[[^\]]*\](?:<[\d.]+>)?|[^\s()"]+)'
_TOKEN = re.compile(rb"\s*(?:" + _QUOTED + rb"|(\{\d+\+?\}\r\n)|([()])|" + _ATOM + rb")")


class Numbers:
    """A sequence set, never expanded."""

    def __init__(self, text: bytes) -> None:
        ends = [list(map(int, part.split(b":"))) for part in text.split(b",")]
        self._ranges = [(min(pair), max(pair)) for pair in ends]
        self.highest = max(high for _low, high in self._ranges)

    def __contains__(self, number: int) -> bool:
        return any(low <= number <= high for low, high in self._ranges)


def wire(name: str) -> str:
    """A folder's name as Gmail writes it."""
    return '"' + encode_utf7(name).decode().replace("\\", "\\\\").replace('"', '\\"') + '"'


def label(name: str) -> str:
    """A label as X-GM-LABELS shows it: an atom where that will do."""
    return name if re.fullmatch(r"[A-Za-z0-9-]+", name) else wire(name)


def tokens(data: bytes) -> list[Any]:
    """A command's words: bytes, and lists for what is in parentheses."""
    stack: list[list[Any]] = [[]]
    at = 0
    while at < len(data.rstrip()):
        found = _TOKEN.match(data, at)
        quoted, literal, bracket, atom = found.groups()
        at = found.end()
        if bracket == b"(":
            stack.append([])
        elif bracket == b")":
            done = stack.pop()
            stack[-1].append(done)
        elif literal:
            size = int(re.search(rb"\d+", literal)[0])
            stack[-1].append(data[at : at + size])
            at += size
        else:
            stack[-1].append(atom if quoted is None else re.sub(rb"\\(.)", rb"\1", quoted))
    (words,) = stack
    return words


def test(keys: list[Any]) -> Test:
    """The next search key as a function of UID and message."""
    key = keys.pop(0)
    if isinstance(key, list):
        tests = []
        while key:
            tests.append(test(key))
        return lambda uid, mail: all(test(uid, mail) for test in tests)
    key = key.decode().upper()
    if key == "ALL":
        return lambda uid, mail: True
    if key == "OR":
        one, other = test(keys), test(keys)
        return lambda uid, mail: one(uid, mail) or other(uid, mail)
    if key == "NOT":
        negated = test(keys)
        return lambda uid, mail: not negated(uid, mail)
    if key == "UID":
        numbers = Numbers(keys.pop(0))
        return lambda uid, mail: uid in numbers
    if key == "X-GM-MSGID":
        msgid = int(keys.pop(0))
        return lambda uid, mail: mail.msgid == msgid
    field = keys.pop(0).decode() if key == "HEADER" else key
    text = keys.pop(0).decode().lower()
    return lambda uid, mail: any(
        name == field.lower() and text in decoded(value).lower() for name, value in mail.fields
    )
