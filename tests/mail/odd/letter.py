"""What every odd message is made of."""

from collections.abc import Sequence
from dataclasses import dataclass, field

ANA = "ana@cliente.test"


@dataclass(frozen=True)
class Odd:
    """A message with a name, and the code it is set aside with where it cannot be read."""

    name: str
    raw: bytes = field(repr=False)
    error: str = ""


def odd(
    name: str, body: bytes = b"Hola.\r\n", *lines: bytes, error: str = "", but: Sequence[bytes] = ()
) -> Odd:
    """A letter from the contact with further header ``lines``; ``but``: the usual ones that are left out."""
    usual = {
        b"From": b"Ana <ana@cliente.test>",
        b"To": b"lucia@andina.test",
        b"Subject": b"Odd",
        b"Date": b"Tue, 3 Mar 2026 09:00:00 +0000",
        # Two that differ in nothing but their oddity are two all the same.
        b"Message-ID": b"<" + name.encode().hex()[-200:].encode() + b"@cliente.test>",
    }
    head = [b"%s: %s" % (key, value) for key, value in usual.items() if key not in but]
    return Odd(name, b"\r\n".join([*head, *lines, b"", body]), error)


def part(body: bytes, *lines: bytes) -> bytes:
    """A part of a multipart, with its header lines."""
    return b"\r\n".join([*lines, b"", body])


def joined(parts: Sequence[bytes], boundary: bytes = b"b", end: bytes = b"--") -> bytes:
    """The parts between their delimiters."""
    return b"".join(b"--%s\r\n%s\r\n" % (boundary, one) for one in parts) + b"--" + boundary + end + b"\r\n"
