"""Folders: what LIST, EXAMINE and STATUS say."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from imapclient.imap_utf7 import decode as decode_utf7
from imapclient.imap_utf7 import encode as encode_utf7

#: RFC 9051: UIDVALIDITY, UIDNEXT and counts are 32 bits wide; RFC 7162: mod-sequences 63.
MAX_NUMBER = 2**32 - 1
MAX_MODSEQ = 2**63 - 1
#: Characters of a folder name; longer ones are not real.
MAX_NAME = 1000

# RFC 8474 4: an object's id.
_OBJECT_ID = re.compile(rb"\(?([A-Za-z0-9_-]{1,255})\)?")


@dataclass(frozen=True, slots=True)
class ListedFolder:
    """A line of LIST: the name decoded, the flags in lower case (``\\sent``, ``\\noselect``)."""

    name: str
    delimiter: str
    flags: frozenset[str]


@dataclass(frozen=True, slots=True)
class FolderState:
    """What EXAMINE or STATUS say. ``uidvalidity`` is 0 where the server gives none (iCloud may).

    ``mailbox_id`` is MAILBOXID (RFC 8474), which a renamed folder keeps; "" where the server has none.
    """

    uidvalidity: int
    uidnext: int | None
    exists: int
    highestmodseq: int | None
    mailbox_id: str = ""


def listed(lines: Iterable[tuple[Any, Any, Any]]) -> Iterable[tuple[ListedFolder, bytes]]:
    """IMAPClient's undecoded LIST lines → each folder and its name as it is on the wire.

    A name that holds CR, LF or NUL (a literal can) or is absurdly long cannot be asked for and is
    left out. Raises ValueError for what is not a list of folders.
    """
    for flags, delimiter, raw in lines:
        if not isinstance(flags, tuple) or not isinstance(raw, bytes | str):
            raise ValueError("not a LIST line")
        wire = raw.encode() if isinstance(raw, str) else raw
        name = decoded(wire)
        if not name or len(name) > MAX_NAME or any(char in name for char in "\r\n\0"):
            continue
        yield (
            ListedFolder(
                name,
                delimiter.decode("latin-1") if isinstance(delimiter, bytes) else "",
                frozenset(flag.decode("latin-1").lower() for flag in flags if isinstance(flag, bytes)),
            ),
            wire,
        )


def decoded(wire: bytes) -> str:
    """A folder name as people read it: modified UTF-7 (RFC 3501 5.1.3), else UTF-8, else Latin-1."""
    if wire.isascii() and b"&" not in wire:
        return wire.decode()
    try:
        name = decode_utf7(wire)
        if encode_utf7(name) == wire:
            return name
    except (ValueError, LookupError):
        pass
    try:
        return wire.decode()
    except UnicodeDecodeError:
        return wire.decode("latin-1")


def encoded(name: str) -> bytes:
    """A folder name for the wire, in modified UTF-7."""
    return encode_utf7(name)


def state(answer: Mapping[bytes, Any], exists: bytes) -> FolderState:
    """The numbers of an EXAMINE or STATUS answer, ``exists`` being the count's key.

    Raises ValueError for a number outside what the protocol allows.
    """
    uidnext = _number(answer.get(b"UIDNEXT"), MAX_NUMBER)
    return FolderState(
        uidvalidity=_number(answer.get(b"UIDVALIDITY"), MAX_NUMBER) or 0,
        uidnext=uidnext or None,
        exists=_number(answer.get(exists), MAX_NUMBER) or 0,
        highestmodseq=_number(answer.get(b"HIGHESTMODSEQ"), MAX_MODSEQ) or None,
        mailbox_id=object_id(answer.get(b"MAILBOXID")),
    )


def object_id(value: Any) -> str:
    """An object id (RFC 8474) as servers send it, ``(F2212)``, or as IMAPClient reads that; "" for none."""
    if isinstance(value, tuple):
        value = value[0] if value else None
    if isinstance(value, int):
        value = b"%d" % value
    found = _OBJECT_ID.fullmatch(value) if isinstance(value, bytes) else None
    return found[1].decode() if found else ""


def _number(value: Any, most: int) -> int | None:
    if value is None:
        return None
    number = int(value)
    if not 0 <= number <= most:
        raise ValueError("a number out of range")
    return number
