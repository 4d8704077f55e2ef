"""Structures: parts, boundaries, messages in messages, and what is said of a part."""

import base64
from collections.abc import Iterator

from .letter import Odd, joined, odd, part

HTML = part(b"<p>Hola</p>", b"Content-Type: text/html")
TEXT = part(b"Hola")
FILE = part(b"AAAA", b"Content-Type: application/pdf", b"Content-Transfer-Encoding: base64")
LETTER = part(
    b"Hola",
    b"From: x@y.test",
    b"Subject: =?utf-8?q?p=C3=B3liza?=",
    b"Content-Type: multipart/mixed; boundary=b",
)

TYPES = [
    "mixed", "alternative", "related", "signed", "encrypted", "report; report-type=delivery-status",
    "digest", "parallel", "form-data", "x-mixed-replace", "appledouble", "voice-message", "", "mixed/more",
]  # fmt: skip

BOUNDARIES: dict[str, tuple[bytes, bytes]] = {
    "good": (b"boundary=b", joined([TEXT, FILE])),
    "quoted": (b'boundary="b"', joined([TEXT, FILE])),
    "never announced": (b"x=y", joined([part(b"Hola", b"Content-Type: text/plain"), FILE])),
    "empty": (b'boundary=""', joined([TEXT, FILE], b"")),
    "never seen": (b"boundary=other", joined([TEXT, FILE])),
    "never closed": (b"boundary=b", joined([TEXT, FILE])[:-6]),
    "closed at once": (b"boundary=b", b"--b--\r\n"),
    "only opened": (b"boundary=b", b"--b"),
    "opened often": (b"boundary=b", b"--b\r\n" * 300),
    "closed often": (b"boundary=b", joined([TEXT]) + b"--b--\r\n" * 300),
    "with blanks behind": (b"boundary=b", joined([TEXT, FILE]).replace(b"--b\r\n", b"--b \t \r\n")),
    "with words behind": (b"boundary=b", joined([TEXT, FILE]).replace(b"--b\r\n", b"--b x\r\n")),
    "of blanks": (b'boundary="  "', joined([TEXT, FILE], b"  ")),
    "of dashes": (b'boundary="--"', joined([TEXT, FILE], b"--")),
    "with letters of every kind": (
        b'boundary="=_\xf1 \'()+_,-./:=?"',
        joined([TEXT, FILE], b"=_\xf1 '()+_,-./:=?"),
    ),
    "of a thousand letters": (b"boundary=" + b"b" * 1000, joined([TEXT, FILE], b"b" * 1000)),
    "in pieces": (b"boundary*0=b; boundary*1=c", joined([TEXT, FILE], b"bc")),
    "said twice": (b"boundary=x; boundary=b", joined([TEXT, FILE])),
    "the same inside": (
        b"boundary=b",
        joined([part(joined([TEXT, HTML]), b"Content-Type: multipart/alternative; boundary=b"), FILE]),
    ),
    "a prefix inside": (
        b"boundary=bb",
        joined([part(joined([TEXT, HTML]), b"Content-Type: multipart/alternative; boundary=b"), FILE], b"bb"),
    ),
    "much before and behind": (b"boundary=b", b"before\r\n" * 5000 + joined([TEXT]) + b"behind\r\n" * 5000),
    "bare carriage returns": (b"boundary=b", joined([TEXT, FILE]).replace(b"\r\n", b"\r")),
    "mixed line ends": (b"boundary=b", joined([TEXT, FILE]).replace(b"b\r\n", b"b\n")),
    "nul": (b"boundary=b\x00", joined([TEXT, FILE], b"b\x00")),
    "a line of thirty kilobytes": (b"boundary=b", b"--b" + b" " * 30_000 + b"\r\n\r\nHola\r\n--b--"),
}

PARTS: dict[str, bytes] = {
    "message": part(LETTER, b"Content-Type: message/rfc822"),
    "message in base64": part(
        base64.encodebytes(LETTER), b"Content-Type: message/rfc822", b"Content-Transfer-Encoding: base64"
    ),
    "message of nothing": part(b"", b"Content-Type: message/rfc822"),
    "message without end": part(b"Subject: x", b"Content-Type: message/rfc822"),
    "message of many headers": part(b"X: y\r\n" * 5000, b"Content-Type: message/rfc822"),
    "partial message": part(b"Hola", b"Content-Type: message/partial; number=1; total=9; id=x"),
    "external body": part(
        b"", b"Content-Type: message/external-body; access-type=local-file; name=/etc/passwd"
    ),
    "delivery status": part(b"Action: failed", b"Content-Type: message/delivery-status"),
    "tnef": part(b"\x78\x9f\x3e\x22\x01\x00", b"Content-Type: application/ms-tnef; name=winmail.dat"),
    "cut tnef": part(b"\x78\x9f", b"Content-Type: application/ms-tnef"),
    "calendar": part(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR", b"Content-Type: text/calendar; method=REQUEST"),
    "svg": part(b"<svg onload=alert(1)>", b"Content-Type: image/svg+xml", b"Content-ID: <a@b>"),
    "apple double": part(b"\x00\x05\x16\x07", b"Content-Type: application/applefile"),
    "empty": b"",
    "without headers": b"\r\nHola",
    "of headers only": b"X: y",
    "no header at all": b"this is no header\r\nHola",
    "mbox line": b"From ana Tue\r\nContent-Type: text/html\r\n\r\n<p>x",
    "no type": part(b"Hola", b"Content-Type:"),
    "half a type": part(b"Hola", b"Content-Type: text"),
    "a type without its first half": part(b"Hola", b"Content-Type: /plain"),
    "a type of a thousand letters": part(b"Hola", b"Content-Type: text/" + b"x" * 1000),
    "a type with raw letters": part(b"Hola", b"Content-Type: text/pl\xe1in; charset=\xff"),
    "two types": part(b"Hola", b"Content-Type: text/html", b"Content-Type: text/plain"),
    "two encodings": part(
        b"SG9sYQ==", b"Content-Transfer-Encoding: 7bit", b"Content-Transfer-Encoding: base64"
    ),
    "multipart in base64": part(
        base64.encodebytes(joined([TEXT])),
        b"Content-Type: multipart/mixed; boundary=b",
        b"Content-Transfer-Encoding: base64",
    ),
    "multipart of nothing": part(b"", b"Content-Type: multipart/mixed; boundary=c"),
}


def structures() -> Iterator[Odd]:
    """Every type of multipart, every boundary, every part in three kinds of company; and far too much."""
    for kind in TYPES:
        head = f"Content-Type: multipart/{kind}; boundary=b".encode()
        yield odd(f"multipart {kind}", joined([TEXT, HTML, FILE]), head)
        yield odd(f"multipart {kind} of letters", joined([LETTER] * 3), head)
    for name, (told, body) in BOUNDARIES.items():
        yield odd(f"boundary {name}", body, b"Content-Type: multipart/mixed; " + told)
    for name, one in PARTS.items():
        for kind in ("mixed", "alternative", "related"):
            head = f"Content-Type: multipart/{kind}; boundary=b".encode()
            yield odd(f"part {name} in {kind}", joined([TEXT, one, HTML]), head)
        yield odd(f"part {name} alone", joined([one]), b"Content-Type: multipart/mixed; boundary=b")
    yield from _too_much()


def _too_much() -> Iterator[Odd]:
    for levels in (50, 98, 99, 1_000, 10_000):
        error = "too_deep" if levels >= 99 else ""
        yield odd(
            f"{levels} levels", nested(levels), b"Content-Type: multipart/mixed; boundary=x", error=error
        )
        messages = b"Content-Type: message/rfc822\r\n\r\n" * levels + b"Subject: x\r\n\r\nHola"
        yield odd(f"{levels} messages in one another", messages, b"Content-Type: message/rfc822")
    for count in (999, 1_000, 10_000):
        error = "too_many_parts" if count >= 1_000 else ""
        head = b"Content-Type: multipart/mixed; boundary=b"
        yield odd(f"{count} parts", joined([TEXT] * count), head, error=error)
        yield odd(f"{count} files", joined([FILE] * count), head, error=error)


def nested(levels: int) -> bytes:
    """So many multiparts in one another, inside one whose boundary is x."""
    opened = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(levels)
    )
    return b"--x\r\n" + opened + b"\r\nThe innermost\r\n--x--\r\n"
