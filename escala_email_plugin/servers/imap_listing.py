"""LIST and STATUS lines, read by one match each; IMAPClient's parser is for what looks otherwise.

That parser goes letter by letter, and takes twice the time for an account with hundreds of folders.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from imapclient.response_parser import parse_response

from .imap_client import Client
from .imap_folders import FolderState, ListedFolder, listed, state

_QUOTED = rb'"((?:[^"\\]|\\.)*+)"'
_NAME = rb"(?:" + _QUOTED + rb'|([^\s"(){}\\%*]+))'
# What may follow a name (RFC 5258, extended data) says nothing we need.
_LIST = re.compile(rb"\(([^()\"{}]*)\) (?:NIL|" + _QUOTED + rb") " + _NAME + rb"(?: \(.*\))?", re.I)
_VALUE = rb"(?:\d{1,20}|\([^()]*\)|NIL)"
_STATUS = re.compile(_NAME + rb" \(((?:[A-Za-z-]+ " + _VALUE + rb" *)*+)\) ?")
_ITEM = re.compile(rb"([A-Za-z-]+) (" + _VALUE + rb")")
_ESCAPED = re.compile(rb'\\(["\\])')


def groups(data: Iterable[Any]) -> Iterator[list[Any]]:
    """imaplib's pieces put together again, one list for each line of the server: texts, and
    (text, literal) where a literal came. Where nothing came imaplib says [None].
    """
    line: list[Any] = []
    for piece in data:
        if piece is None:
            continue
        line.append(piece)
        if not isinstance(piece, tuple):
            yield line
            line = []


def folders(client: Client, data: list[Any]) -> Iterator[tuple[ListedFolder, bytes]]:
    """Each folder of these LIST lines, with its name as it is on the wire. Raises what the parser raises."""
    client.folder_encode = False
    for line in groups(data):
        found = _LIST.fullmatch(line[0]) if isinstance(line[0], bytes) else None
        if found:
            flags, delimiter, quoted, atom = found.groups()
            name = _plain(quoted or atom or b"")
            yield from listed([(tuple(flags.split()), _plain(delimiter or b""), name)])
        else:
            yield from listed(client._proc_folder_list(line))


def status(data: list[Any]) -> tuple[bytes, FolderState]:
    """A folder's name on the wire and its numbers, from one STATUS line. Raises what the parser raises."""
    found = _STATUS.fullmatch(data[0]) if isinstance(data[0], bytes) else None
    if found:
        quoted, atom, items = found.groups()
        return _plain(quoted or atom), state(_answer(_ITEM.findall(items)), b"MESSAGES")
    # Some give a name with blanks and no quotes: the numbers are what comes last.
    *name, items = parse_response(data)
    pairs = iter(items)
    wire = name[0] if len(name) == 1 and isinstance(name[0], bytes) else b""
    return wire, state(_answer(zip(pairs, pairs, strict=True)), b"MESSAGES")


def _answer(pairs: Iterable[tuple[Any, Any]]) -> dict[bytes, Any]:
    return {key.upper(): None if value == b"NIL" else value for key, value in pairs}


def _plain(quoted: bytes) -> bytes:
    return _ESCAPED.sub(rb"\1", quoted) if b"\\" in quoted else quoted
