"""Bytes to text, whatever the mail says its character set is, and text a database will take."""

import codecs
import re
from collections.abc import Iterable
from itertools import islice

#: Names seen in mail that Python spells otherwise, or that promise less than senders mean by them.
ALIASES = {
    "ansi_x3.110-1983": "cp1252",
    "cp-850": "cp850",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-8-i": "iso-8859-8",
    "iso8859-1": "cp1252",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
}

#: Names that say nothing: the bytes are looked at instead.
UNTOLD = {"", "ascii", "us-ascii", "default", "unknown-8bit", "x-unknown", "unknown", "binary", "8bit"}

#: Python's codecs that are no character sets, or slow on purpose-made input.
REFUSED = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"}

#: What PostgreSQL refuses or no text needs: controls but tab and the line ends, and lone surrogates.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]+")
#: Embeddings, overrides and isolates turn round what stands beside them on a page.
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]+")
_FOREIGN = re.compile("[^\x00-\x7f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_WINDOWS = re.compile(r"(?:windows|x-windows|win|cp)[-_]?(\d{3,4})")


def decode(data: bytes, charset: str = "") -> str:
    """``data`` as text. Never raises: what is unknown or wrong is read as UTF-8, else as Windows-1252.

    The text may hold NUL and controls; see ``clean``.
    """
    if data.isascii() and b"\x1b" not in data and codec_of(charset) in ("", "utf-8", "cp1252"):
        return data.decode("ascii")
    codec = codec_of(charset)
    if codec == "cp1252":
        return western(data)
    if codec in ("", "utf-8"):
        return _guess(data, told=codec == "utf-8")
    try:
        return data.decode(codec, "replace")
    except (LookupError, UnicodeError, ValueError, OverflowError):
        return _guess(data)


def codec_of(charset: str) -> str:
    """Python's name of a character set; "" where it is untold, unknown or refused."""
    known = _KNOWN.get(charset)
    if known is None:
        known = _look_up(charset)
        if len(_KNOWN) < 500:  # strangers choose the names
            _KNOWN[charset] = known
    return known


_KNOWN: dict[str, str] = {}


def _look_up(charset: str) -> str:
    name = charset.strip(" \t\r\n\"'").lower()
    if name in UNTOLD or len(name) > 40 or not name.isascii() or "\x00" in name:
        return ""
    name = ALIASES.get(name, name)
    if windows := _WINDOWS.fullmatch(name):
        name = f"cp{windows[1]}"
    try:
        codec = codecs.lookup(name).name
        # A codec that is no character set (rot13, zlib) refuses to give text, once it is given something.
        b"x".decode(codec, "replace")
    except (LookupError, ValueError, UnicodeError):
        return ""
    if codec.replace("-", "_") in REFUSED:
        return ""
    return {"iso8859-1": "cp1252", "ascii": ""}.get(codec, codec)


def _guess(data: bytes, told: bool = False) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if told and shows_utf8([text := data.decode("utf-8", "replace")]):
        return text
    return western(data)


def shows_utf8(texts: Iterable[str]) -> bool:
    """Whether what was read as UTF-8, its faults replaced, is it. Cut or damaged UTF-8 still shows whole
    characters; Latin text called UTF-8 shows none.
    """
    foreign = (found[0] for text in texts for found in _FOREIGN.finditer(text))
    return any(one != "\ufffd" for one in islice(foreign, 1000))


def western(data: bytes) -> str:
    """Windows-1252; its five holes as the controls of Latin-1, as browsers read it."""
    return codecs.charmap_decode(data, "strict", _WESTERN)[0]


_HOLES = frozenset(b"\x81\x8d\x8f\x90\x9d")
_WESTERN = "".join(chr(n) if n in _HOLES else bytes((n,)).decode("cp1252") for n in range(256))


def raw_text(value: bytes | str) -> str:
    """A raw header value as text in which bytes that are no UTF-8 are escaped as surrogates."""
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value


def clean(text: str) -> str:
    """``text`` without NUL, controls (tab and line ends stay) and lone surrogates.

    Surrogates that stand for raw bytes (``surrogateescape``) are read as Windows-1252.
    """
    # Nearly every text is printable but for its line ends; the expressions below take four times as long.
    if text.replace("\n", "").replace("\t", "").isprintable():
        return text
    if _SURROGATE.search(text):
        text = re.sub("[\udc80-\udcff]+", _raw_bytes, text)
    return _UNWANTED.sub("", text)


def _raw_bytes(found: re.Match) -> str:
    return _guess(found[0].encode("utf-8", "surrogateescape"))
