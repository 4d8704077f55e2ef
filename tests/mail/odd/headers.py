"""Headers: who, when, which, and what an attachment is called."""

from collections.abc import Iterator

from .letter import Odd, joined, odd, part

#: Values of From that are no plain address; the contact is among the recipients.
SENDERS = [
    b"", b"<>", b"ana", b"ana@", b"@cliente.test", b"ana@@cliente.test", b"Ana <ana@cliente.test",
    b"<<ana@cliente.test>>", b"ana@cliente.test <x@otra.test>", b'"ana@cliente.test" <x@otra.test>',
    b"x@otra.test, y@otra.test", b"=?utf-8?q?=3Cana=40cliente=2Etest=3E?= <x@otra.test>", b"=?utf-8?b?AAAA",
    b"=?x-none?q?=FF?= <x@otra.test>", b"(c (o (m) m) ent) x@otra.test (ana@cliente.test)",
    b"x@[127.0.0.1]", b"x@xn--.test", b"\xf1o\xf1o <x@otra.test>", "ñ@ñandú.test".encode(),
    b'"a b"@otra.test', b"x@otra.test\x00", b"\x00", b"undisclosed-recipients:;", b"(" * 5000, b'"' * 5001,
    b"<" * 5000, b"," * 5000, b"a" * 5000 + b"@otra.test", b"x@" + b"a." * 3000 + b"test",
]  # fmt: skip

#: Values of To that name the contact in an odd way.
RECIPIENTS = [
    b"ANA@Cliente.TEST", b"<ana@cliente.test>", b"friends: x@otra.test, Ana <ana@cliente.test>;",
    b"a:; , ana@cliente.test", b"ana@cliente.test.", b"ana@cliente.test (Ana (la otra))",
    b"(x) ana@cliente.test", b",,, ana@cliente.test ,,", b"ana\r\n @cliente.test",
    b"Ana\r\n\t<ana@cliente.test>", b'"G\\"omez, Ana" <ana@cliente.test>',
    b"=?utf-8?q?G=C3=B3mez=2C_Ana?= <ana@cliente.test>", b"G\xf3mez <ana@cliente.test>",
    b"=?utf-8?q?G <ana@cliente.test>", b"broken <x@>, ana@cliente.test",
    b"<@relay.test:x@otra.test>, ana@cliente.test", b'"ana"@cliente.test', b"ana@cliente.test, " * 500,
    b"x@otra.test,\r\n " * 500 + b"ana@cliente.test",
]  # fmt: skip

DATES = [
    b"", b"never", b"Tue, 3 Mar 2026", b"Tue, 3 Mar 2026 09:00:00", b"3 Mar 26 9:00 EST",
    b"Tue, 99 Foo 2026 99:99:99 +9999", b"Thu, 1 Jan 2100 00:00:00 +0000",
    b"Mon, 1 Jan 0001 00:00:00 +0000", b"Wed, 31 Dec 1969 23:59:59 +0000",
    b"Tue, 30 Feb 2026 09:00:00 +0000", b"Tue, 3 Mar 2026 23:59:60 +0000",
    b"Tue, 3 Mar 2026 09:00:00 +999999999999", b"2026-03-03T09:00:00Z",
    b"Tue, 3 Mar 2026 09:00:00 +0000 (" + b"(" * 3000, b"9" * 5000, b"\xff\x00", b"1772528400",
]  # fmt: skip

IDS = [
    b"", b"<>", b"< >", b"no brackets@x.test", b"<a b@x.test>", b"<\r\n a@x.test>",
    b"<a@x.test> <b@x.test>", b"<\xf1@x.test>", b"<\x00@x.test>", b"<" + b"a" * 2000 + b"@x.test>",
    b"<a@x.test", b"<<a@x.test>>", b"a@x.test (c)", b"=?utf-8?q?=3Ca=40x=2Etest=3E?=",
    b"<a@x.test>; <b@x.test>", b"'; DROP TABLE x; --@x.test",
]  # fmt: skip

REFERENCES = [
    b"<%d@x.test>" % 1, b" ".join(b"<%d@x.test>" % n for n in range(5000)),
    b"<a@x.test>,<b@x.test>;<c@x.test>", b"Your message of Tue", b"<" * 20_000, b"<>" * 20_000,
    b"a@b " * 5000, b"<odd@cliente.test>" * 1000, b"\x00\xff<\x00>",
]  # fmt: skip

SUBJECTS = [
    b"", b" ", b"=?", b"=?utf-8?q?", b"=?utf-8?b?SG9sYQ=?=", b"=?utf-8*es?q?=C3=B1?=", b"=?utf-7?q?+AKE-?=",
    b"=?idna?q?x?=", b"=?iso-2022-jp?b?GyRCSl04MQ==?=", b"=?utf-8?q?=C3?= =?utf-8?q?=B1?=",
    b"=?utf-8?q?a?=b=?utf-8?q?c?=", b"=?utf-8?q?=00=0D=0A?=", b"=?utf-8?q?" * 20_000,
    b"=?a?q?b?= " * 20_000, b"x" * 500_000, b"p\xf3liza", "póliza".encode(), b"a\x00b", b"a\rb",
    b"a\r\n b\r\n\tc", b"a\r\n \r\n b", "\u202egnirts\u202c".encode(), b"<script>alert(1)</script>",
    b"\x1b$BF|K\\\x1b(B",
]  # fmt: skip

NAMES = [
    b"filename=", b'filename=""', b'filename="a', b"filename=a b.pdf", b'filename="..\\..\\etc\\passwd"',
    b'filename="/etc/passwd"', b'filename="a\\"b.pdf"', b"filename==?utf-8?q?p=C3=B3liza=2Epdf?=",
    b'filename="=?utf-8?b?cMOzbGl6YQ==?="', b"filename*=utf-8''p%C3%B3liza.pdf",
    b"filename*=utf-8'es'p%C3%B3liza.pdf", b"filename*=iso-8859-1''p%F3liza.pdf",
    b"filename*=x-none''%FF%00", b"filename*=utf-8''%", b"filename*=utf-8''%ZZ", b"filename*=%41",
    b"filename*='", b"filename*=''", b"filename*0=a; filename*1=b; filename*2=c.pdf",
    b"filename*2=c; filename*0=a; filename*1=b", b"filename*1=b",
    b"filename*0*=utf-8''%C3; filename*1*=%B3.pdf", b"filename*0*=utf-8''a; filename*1=b%20c",
    b"filename*99999999=x", b"filename*0=a; filename*0=b; filename=c", b"filename=a; filename=b",
    b"filename*-1=x", b"filename**=x", b"filename*0**=x",
    b"; ".join(b"filename*%d=x" % n for n in range(2000)), b"filename=" + b"a" * 50_000, b"filename=CON",
    b"filename=.htaccess", b"filename=a\x00.pdf", b"filename=\xf3.pdf",
    b"filename=" + "a\u202efdp.exe".encode(), b"filename=a\r\n\t.pdf", b"=; =; ;;;=",
    b'filename="' + b'\\"' * 20_000, b"x=y; " * 20_000,
]  # fmt: skip

LINES: dict[str, list[bytes]] = {
    "no colon": [b"this is no header"],
    "only a colon": [b": x"],
    "a blank before the colon": [b"Cc : x@otra.test"],
    "raw letters in a name": [b"X-\xf1: y"],
    "a nul in a name": [b"X\x00: y"],
    "five thousand hops": [b"Received: from a by b; Tue, 3 Mar 2026 09:00:00 +0000"] * 5000,
    "a long word": [b"X: " + b"y" * 900_000],
    "many folds": [b"X: y" + b"\r\n z" * 100_000],
    "many fields": [b"X: y"] * 100_000,
    "many names": [b"X-%d: y" % n for n in range(20_000)],
    "bare line feeds": [b"X: y\nZ: y\nCc: x@otra.test"],
    "bare carriage returns": [b"X: y\rZ: y"],
    "lists": [b"List-Id: x", b"List-Unsubscribe: <mailto:x>", b"Precedence: bulk", b"Auto-Submitted: \xff"],
    "everything twice": [
        b"From: x@otra.test",
        b"To: y@otra.test",
        b"Subject: otro",
        b"Date: no",
        b"Message-ID: <z@z>",
    ],
    "resent": [b"Resent-From: x@otra.test", b"Resent-To: y@otra.test", b"Resent-Date: never"],
    "hidden": [b"Bcc: x@otra.test, ana@cliente.test", b"Bcc: z@otra.test"],
    "odd types": [b"Content-Type: ;;;", b"MIME-Version: 9"],
}

TOO_LARGE: dict[str, bytes] = {
    "one field": b"X: " + b"y" * 1_100_000,
    "many fields": b"\r\n".join([b"X: yyyyyyyyyy"] * 80_000),
    "many folds": b"X: y" + b"\r\n zzzzzzzzz" * 100_000,
    "its subject": b"Subject: " + b"=?utf-8?q?=C3=B1?= " * 60_000,
}

CROWDS = [
    ("To", 9_000, ""),
    ("Cc", 11_000, "too_many_people"),
    ("Bcc", 50_000, "too_many_people"),
    ("Cc", 110_000, "headers_too_large"),
]


def headers() -> Iterator[Odd]:
    """Every odd value in its field, and far too much."""
    to = b"To: ana@cliente.test"
    for number, value in enumerate(SENDERS):
        yield odd(f"sender {number}", b"Hola", b"From: " + value, to, but=[b"From", b"To"])
    for number, value in enumerate(RECIPIENTS):
        yield odd(f"recipient {number}", b"Hola", b"From: x@otra.test", b"To: " + value, but=[b"From", b"To"])
    for number, value in enumerate(DATES):
        yield odd(f"date {number}", b"Hola", b"Date: " + value, but=[b"Date"])
    for number, value in enumerate(IDS):
        yield odd(f"id {number}", b"Hola %d" % number, b"Message-ID: " + value, but=[b"Message-ID"])
    for number, value in enumerate(REFERENCES):
        yield odd(f"references {number}", b"Hola", b"References: " + value, b"In-Reply-To: " + value)
    for number, value in enumerate(SUBJECTS):
        yield odd(f"subject {number}", b"Hola", b"Subject: " + value, but=[b"Subject"])
    for number, value in enumerate(NAMES):
        file = part(b"x", b"Content-Type: application/pdf", b"Content-Disposition: attachment; " + value)
        named = part(b"y", b"Content-Type: image/png; " + value.replace(b"filename", b"name"))
        yield odd(f"name {number}", joined([file, named]), b"Content-Type: multipart/mixed; boundary=b")
    for name, lines in LINES.items():
        yield odd(f"lines {name}", b"Hola", *lines)
    for usual in (b"Date", b"Message-ID", b"Subject"):
        yield odd(f"no {usual.decode()}", b"Hola, sin ella", but=[usual])
    yield odd("nothing but people", b"", but=[b"Date", b"Message-ID", b"Subject"])
    yield from _too_much()


def _too_much() -> Iterator[Odd]:
    for name, lines in TOO_LARGE.items():
        yield odd(f"too large: {name}", b"Hola", lines, error="headers_too_large")
    for name, count, error in CROWDS:
        people = b",\r\n ".join(b"%x@otra.test" % n for n in range(count))
        yield odd(f"{count} people in {name}", b"Hola", name.encode() + b": " + people, error=error)
