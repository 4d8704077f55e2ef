"""Transfer encodings (RFC 2045 6) undone piece by piece, so that no content need be in memory whole.

The pieces together are what ``binascii`` makes of the whole at once, to the byte: the keys of messages
hang on it.
"""

import binascii
import re
from collections.abc import Iterator
from mmap import mmap

#: A message as it came. Both slice into bytes; of a mapped file only what is looked at is in memory.
Raw = bytes | mmap

#: Bytes of the encoded body that are decoded at a time.
PIECE = 1 << 18

_FOREIGN = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))
# Groups of four with padding where none belongs, which is passed over.
_GROUPS = re.compile(rb"=*+(?:[^=]=*+[^=]=?+[^=][^=]=*+)*+")
# Padding that completes a group ends the data (binascii reads no further).
_ENDED = re.compile(rb"[^=]=*+[^=](?:==|=?[^=]=)")
# Characters and escapes of which nothing is missing; "=" before something else stands for itself.
_ESCAPES = re.compile(
    rb"(?:[^=]++|=[0-9A-Fa-f]{2}|==|=\n|=\r[^\n]*+\n"
    rb"|=(?=[^=\r\n0-9A-Fa-f]|[0-9A-Fa-f][^0-9A-Fa-f]))*+"
)


def pieces(raw: Raw, start: int, end: int, encoding: bytes) -> Iterator[bytes]:
    """What lies in ``raw`` from ``start`` to ``end``, decoded, a bounded piece at a time.

    ``encoding``: the value of Content-Transfer-Encoding; one that is not known changes nothing. Never raises.
    """
    whole, piecemeal = _KNOWN.get(encoding.split(b";")[0].strip().lower(), (bytes, iter))
    if end - start <= PIECE:
        yield whole(raw[start:end])
    else:
        yield from piecemeal(raw[at : min(at + PIECE, end)] for at in range(start, end, PIECE))


def base64_bytes(data: bytes) -> bytes:
    """Base64 as it comes: foreign characters skipped, padding added or ignored. Never raises."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        return b"".join(_base64(iter((data,))))


def _base64(encoded: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in encoded:
        data = rest + piece.translate(None, _FOREIGN)
        padding = data.find(b"=")
        plain = len(data) if padding < 0 else padding
        plain -= plain % 4
        end = plain if padding < 0 else _GROUPS.match(data, plain).end()  # type: ignore[union-attr]
        yield binascii.a2b_base64(data[:end].replace(b"=", b""))
        rest = data[end:]
        if ended := _ENDED.match(rest):
            rest = ended[0]
            break
        rest = _unfinished(rest)
    rest = rest.replace(b"=", b"")
    if len(rest) > 1:
        yield binascii.a2b_base64(rest + b"=" * (4 - len(rest)))


def _unfinished(rest: bytes) -> bytes:
    """Less than a group, with no more padding than may still count."""
    found = rest.replace(b"=", b"")
    return found + b"=" if len(found) == 2 and rest.endswith(b"=") else found


def _quoted_printable(encoded: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in encoded:
        data = rest + piece
        # Nothing reaches over the end of a line; a body without lines is cut between two escapes.
        end = data.rfind(b"\n") + 1 or _ESCAPES.match(data).end()  # type: ignore[union-attr]
        yield binascii.a2b_qp(data[:end])
        rest = data[end:]
        if rest.startswith(b"=\r"):
            rest = b"=\r"  # all that follows goes, as far as the line's end
    yield binascii.a2b_qp(rest)


_KNOWN = {
    b"base64": (base64_bytes, _base64),
    b"quoted-printable": (binascii.a2b_qp, _quoted_printable),
}
