"""Texts: what a message says its character set and encoding are, and what they are."""

import base64
import binascii
from collections.abc import Iterator

from .letter import Odd, odd

SPANISH = "Señora: la póliza «3–A» vence mañana. 12 €.\r\n"

BODIES: dict[str, bytes] = {
    "ascii": b"Plain.\r\n",
    "utf8": SPANISH.encode(),
    "windows": SPANISH.encode("cp1252"),
    "japanese": "保険契約の更新\r\n".encode("iso-2022-jp"),
    "chinese": "保单续期镕\r\n".encode("gb18030"),
    "korean": "보험 갱신 똠\r\n".encode("cp949"),
    "russian": "Продление полиса\r\n".encode("koi8-r"),
    "thai": "กรมธรรม์\r\n".encode("cp874"),
    "utf16": SPANISH.encode("utf-16"),
    "utf7": b"+AKE-Hola+ACE- +2D3cqQ- +2D0-\r\n",
    "surrogates": b"\xed\xa0\x80\xed\xb0\x80 \xf4\x90\x80\x80 \xc0\x80\r\n",
    "nuls": b"a\x00b\x00\x00\r\n\x00\r\n",
    "controls": bytes(range(1, 32)) + bytes(range(127, 160)) + b"\r\n",
    "bare line ends": b"a\rb\nc\r\r\n\n\rd",
    "turned": "\u202eetnemlamron\u202c \u2066x\u2069\r\n".encode(),
    "one long line": b"x" * 100_000,
    "no words": b"",
    "blanks": b" \t\r\n" * 2000,
    "quotations": b">" * 5000 + b" hola\r\n" + b"> " * 5000 + b"\r\n",
    "uuencode": b"begin 644 a.txt\r\n%:&]L80H \r\n`\r\nend\r\nbegin 666 b\r\nM\r\n",
    "yenc": b"=ybegin line=128 size=3 name=a\r\n\x8b\x8c\x8d\r\n=yend size=3\r\n",
    "inline pgp": b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----\r\n",
    "mbox lines": b"From ana Tue Mar  3\r\n>From x\r\n.\r\n..\r\n",
}

CHARSETS = [
    "utf-8", "iso-8859-1", "iso-2022-jp", "gb2312", "ks_c_5601-1987", "windows-874", "utf-16", "utf-7",
    "unknown-8bit", "x-none", "base64", "idna", "\"utf-8", "utf-8\" \"x", "utf-8;;", "=?utf-8?q?utf-8?=",
    "a" * 5000, "\u00f1",
]  # fmt: skip

ENCODINGS = [
    "7bit", "8bit", "binary", "base64", "quoted-printable", "x-uuencode", "BASE64; x=y", "x", "",
]  # fmt: skip

BROKEN: dict[str, tuple[str, bytes]] = {
    "cut": ("base64", b"SG9sYSwgbXVuZ"),
    "padding in it": ("base64", b"SG9=\r\nsYQ==\r\nSG9sYQ=="),
    "only padding": ("base64", b"=" * 500),
    "one and padding": ("base64", b"S" + b"=" * 100_000),
    "words in it": ("base64", b"SG9s\r\n-- \r\nlist footer\r\nYQ==\r\n"),
    "one letter": ("base64", b"S"),
    "url letters": ("base64", b"_-_-_-_-"),
    "no escape": ("quoted-printable", b"=ZZ =C3 =\xb1 = =\r\n=3D=3\r\n="),
    "only equals": ("quoted-printable", b"=" * 100_001),
    "never a line": ("quoted-printable", b"=C3=B1" * 50_000),
    "skipped": ("quoted-printable", b"=\r" + b"x" * 50_000),
    "lower case": ("quoted-printable", b"se=c3=b1or=20=\r\n=09x"),
}


def texts() -> Iterator[Odd]:
    """Every text as it is and in every encoding, every character set with three texts."""
    for name, body in BODIES.items():
        for encoding in ENCODINGS:
            yield odd(f"text {name}, {encoding}", _encoded(body, encoding), *_head("utf-8", encoding))
    for charset in CHARSETS:
        for name in ("utf8", "windows", "nuls"):
            yield odd(f"charset {charset[:30]}, {name}", BODIES[name], *_head(charset, "8bit"))
            html = b"<meta charset=%s><p>%s" % (charset.encode()[:30], BODIES[name])
            yield odd(f"html charset {charset[:30]}, {name}", html, b"Content-Type: text/html")
    for name, (encoding, body) in BROKEN.items():
        yield odd(f"broken {encoding}, {name}", body, *_head("utf-8", encoding))
        file = b"Content-Disposition: attachment; filename=a.bin"
        yield odd(f"broken file {encoding}, {name}", body, *_head("utf-8", encoding), file)
    for name in BODIES:
        for more in ("", "; delsp=yes", '; delsp="no'):
            flowed = f"Content-Type: text/plain; format=Flowed{more}".encode()
            yield odd(f"flowed {name}{more}", BODIES[name].replace(b"\r\n", b" \r\n"), flowed)


def _head(charset: str, encoding: str) -> list[bytes]:
    lines = [f"Content-Type: text/plain; charset={charset}".encode()]
    return [*lines, f"Content-Transfer-Encoding: {encoding}".encode()] if encoding else lines


def _encoded(body: bytes, encoding: str) -> bytes:
    if "ase64" in encoding.lower():
        return base64.encodebytes(body)
    return binascii.b2a_qp(body) if encoding == "quoted-printable" else body
