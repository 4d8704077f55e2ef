"""The parameters of Content-Type and Content-Disposition, with RFC 2231 and what is sent instead of it."""

import re
from urllib.parse import unquote_to_bytes

from .charsets import decode, raw_text

_PARAMETER = re.compile(
    r';[ \t\r\n]*+([^\s=;"]++)[ \t\r\n]*+=[ \t\r\n]*+("(?:[^"\\]|\\.)*+"?|[^;]*+)', re.DOTALL
)
_INDEXED = re.compile(r"([^*]+)(?:\*(\d{1,4}))?(\*?)")


def parameters(value: bytes) -> tuple[str, dict[str, str]]:
    """What a header says before its first semicolon, in lower case, and its parameters by lower-case name.

    Pieces (``name*0``) are joined and percent-encoding undone (RFC 2231 3, 4); of a name that comes twice
    the first counts. Values may still hold RFC 2047 words and controls. Never raises.
    """
    if not value:
        return "", {}
    text = raw_text(value)
    main = text.partition(";")[0].strip().lower()
    if ";" not in text:
        return main, {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    plain: dict[str, str] = {}
    for found in _PARAMETER.finditer(text):
        name, given = found[1].lower(), _unquoted(found[2])
        if "*" not in name:
            plain.setdefault(name, given)
        elif indexed := _INDEXED.fullmatch(name):
            pieces.setdefault(indexed[1], {}).setdefault(int(indexed[2] or 0), (given, bool(indexed[3])))
    return main, plain | {name: _joined(some) for name, some in pieces.items()}


def _unquoted(text: str) -> str:
    if not text.startswith('"'):
        return text.strip()
    text = text[1:].removesuffix('"')
    # A Windows path keeps its separators: they only matter for taking the path off.
    return re.sub(r'\\(["\\])', r"\1", text) if "\\" in text else text


def _joined(pieces: dict[int, tuple[str, bool]]) -> str:
    data, charset = b"", ""
    for index in sorted(pieces):
        text, encoded = pieces[index]
        if encoded and index == min(pieces) and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        raw = text.encode("utf-8", "surrogateescape" if _is_escaped(text) else "replace")
        data += unquote_to_bytes(raw) if encoded else raw
    return decode(data, charset)


def _is_escaped(text: str) -> bool:
    """Whether every surrogate stands for a raw byte."""
    return not re.search("[\ud800-\udc7f\udd00-\udfff]", text)
