"""Attachments keep their names as far as a name is safe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escala_email_plugin.mail.file_names import LONGEST, file_name


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("Póliza 2026.pdf", "Póliza 2026.pdf"),
        ("=?utf-8?q?P=C3=B3liza.pdf?=", "Póliza.pdf"),
        ("=?utf-8?b?UMOz?= =?utf-8?b?bGl6YS5wZGY=?=", "Póliza.pdf"),
        ("C:\\Users\\Ana\\Escritorio\\póliza.pdf", "póliza.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("=?utf-8?q?=2E=2E=2Fetc=2Fpasswd?=", "passwd"),
        ("/absoluto.txt", "absoluto.txt"),
        ("factura\u202efdp.exe", "facturafdp.exe"),
        ("factura\u2066fdp.exe", "facturafdp.exe"),
        ("a\u200b\ufeff.pdf", "a.pdf"),
        ("a\0.pdf", "a.pdf"),
        ("a\x1b[31m.pdf", "a[31m.pdf"),
        ('a"b<c>d|e?f*.pdf', "abcdef.pdf"),
        ("  espacios   dobles .pdf ", "espacios dobles .pdf"),
        (".htaccess", "htaccess"),
        ("名前.pdf", "名前.pdf"),
        ("sin extensión", "sin extensión"),
    ],
)
def test_a_name_is_kept_as_far_as_it_is_safe(told, name):
    assert file_name(told, "application/pdf", 1) == name


@pytest.mark.parametrize(
    "told", ["", " ", ".", "..", "../", "a/", "\\", "\0", "\u202e", "...", "?", "\ud800"]
)
def test_what_leaves_no_name_gets_a_plain_one(told):
    assert file_name(told, "application/pdf", 3) == "attachment-3.pdf"


@pytest.mark.parametrize(
    ("content_type", "name"),
    [
        ("image/png", "attachment-1.png"),
        ("text/calendar", "attachment-1.ics"),
        ("message/rfc822", "attachment-1.eml"),
        ("application/x-nunca-visto", "attachment-1.bin"),
        ("", "attachment-1.bin"),
    ],
)
def test_a_plain_name_has_the_extension_of_its_type(content_type, name):
    assert file_name("", content_type, 1) == name


def test_a_long_name_keeps_its_extension():
    name = file_name("p" * 500 + ".pdf", "application/pdf", 1)
    assert len(name) == LONGEST
    assert name.endswith("pp.pdf")
    assert len(file_name("p" * 500, "application/pdf", 1)) == LONGEST
    assert len(file_name("a." + "p" * 500, "application/pdf", 1)) == LONGEST


@given(st.text())
def test_no_name_is_a_path_or_breaks_a_line(told):
    name = file_name(told, "text/plain", 1)
    assert 0 < len(name) <= LONGEST
    assert not set(name) & set('/\\\r\n\0"<>\u202e\u2028')
    assert name not in (".", "..")
    assert name == name.strip()
    name.encode("utf-8")
