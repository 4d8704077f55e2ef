"""A text too long to be shown, as far as it is: in the characters that reading all of it would give.

Which character set that is may be told only by what comes far behind, so all of it is looked at, in pieces.
"""

import codecs
from collections.abc import Iterator

from .charsets import codec_of, shows_utf8, western
from .mime import Entity


def beginnings(leaf: Entity, charset: str, limit: int) -> Iterator[str]:
    """What ``charsets.decode`` makes of a part, as far as its first ``limit`` bytes, then twice as far, and
    so on; the last is all of it. The last character of the others may be a wrong one.
    """
    codec = _settled(leaf, codec_of(charset))
    while True:
        data = leaf.content(limit)
        yield western(data) if codec == "cp1252" else data.decode(codec, "replace")
        if len(data) < limit:
            return
        limit *= 2


def _settled(leaf: Entity, codec: str) -> str:
    """The codec in which ``charsets.decode`` would read all of a part."""
    if codec not in ("", "utf-8"):
        return codec
    return "utf-8" if _is_utf8(leaf) or (codec and shows_utf8(_texts(leaf, "replace"))) else "cp1252"


def _is_utf8(leaf: Entity) -> bool:
    try:
        for _text in _texts(leaf, "strict"):
            pass
    except UnicodeDecodeError:
        return False
    return True


def _texts(leaf: Entity, errors: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")(errors)
    for piece in leaf.pieces():
        yield decoder.decode(piece)
    yield decoder.decode(b"", True)
