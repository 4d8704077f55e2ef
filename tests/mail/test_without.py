"""What tells of a message's delivery goes, however it is written, and nothing else does."""

import pytest

from escala_email_plugin.mail.without import without_private

REST = b"Subject: Hola\r\nX-Long: a\r\n b\r\n"


def shown(raw: bytes) -> bytes:
    header, start = without_private(raw)
    return header + raw[start:]


@pytest.mark.parametrize(
    "field",
    [
        b"Bcc: oculto@x.test\r\n",
        b"BCC : oculto@x.test,\r\n\toculto2@x.test\r\n",
        b"Bcc: a@x.test,\roculto@x.test\r\n",
        b"Resent-Bcc: oculto@x.test\n",
        b"Delivered-To: oculto@x.test\r\n",
        b"Return-Path: <oculto@x.test>\r\n",
        b"Authentication-Results: mx.x.test; spf=pass\r\n smtp.mailfrom=oculto@x.test\r\n",
        b"ARC-Authentication-Results: i=1; smtp.mailfrom=oculto@x.test\r\n",
        b"Received-SPF: pass (mx: oculto@x.test)\r\n",
        b"RESENT-From : oculto@x.test\r\n",
        b"Resent-To: oculto@x.test\r\n",
        b"X-Original-To: oculto@x.test\r\n",
        b"X-Envelope-From: oculto@x.test\r\n",
        b"Received: from a by b for <oculto@x.test>;\r\n Mon, 1 Jan 2024\r\n",
        b"To: a@x.test\rBcc: oculto@x.test\r\n",
        b"bcc:\r\n oculto@x.test\r\n \r\n",
    ],
)
def test_a_private_field_is_gone_with_all_its_lines(field):
    raw = b"From: ana@x.test\r\n" + field + REST + b"\r\nBcc: in the text\r\n"
    found = shown(raw)
    assert b"oculto" not in found
    assert REST in found
    assert b"From: ana@x.test" in found
    assert found.endswith(b"\r\nBcc: in the text\r\n")


def test_without_a_private_field_every_byte_stays():
    raw = b"From: ana@x.test\r\n" + REST + b"\r\nText\r\n\r\nBcc: x\r\n"
    assert shown(raw) == raw


def test_of_old_lines_too():
    assert b"oculto" not in shown(b"From: a@x.test\rBcc: oculto@x.test\r\rText")
