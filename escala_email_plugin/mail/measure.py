"""What is to be known of a content without having it in memory: its size and its hashes."""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple


class Measure(NamedTuple):
    """The bytes of a content, its SHA-256 in hex, and ``even``, the SHA-256 by which copies are known.

    On their way, parts that are not encoded change their line ends, whatever their type: ``even`` is of
    the content with "\\n" for "\\r\\n" and without white space at its end. One with a NUL
    in it cannot travel without being encoded (RFC 2045 2.7, 2.8): ``even`` is of such a content as it is.
    """

    size: int
    sha256: str
    even: str


def measure(pieces: Iterable[bytes]) -> Measure:
    """Measure a content that comes in pieces."""
    size, whole = 0, hashlib.sha256()
    even, as_far, held = None, whole, b""  # as far as the last piece that was not all blank
    binary = False
    for piece in pieces:
        size += len(piece)
        binary = binary or b"\0" in piece
        if binary:
            whole.update(piece)
            continue
        if even is None:
            if b"\r\n" not in piece and not piece[-1:].isspace():
                whole.update(piece)
                continue
            even = whole.copy()
            as_far = whole.copy()
        whole.update(piece)
        piece = held + piece
        held = b"\r" if piece.endswith(b"\r") else b""
        piece = piece[: len(piece) - len(held)].replace(b"\r\n", b"\n")
        told = piece.rstrip()
        if told:
            even.update(told)
            as_far = even.copy()
        even.update(piece[len(told) :])
    sha256 = whole.hexdigest()
    return Measure(size, sha256, sha256 if binary else as_far.hexdigest())
