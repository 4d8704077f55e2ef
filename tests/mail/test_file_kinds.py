"""A file is called what it is, and one that deceives is named."""

import pytest

from escala_email_plugin.mail.file_kinds import is_disguised, is_pdf, kind, picture_type


@pytest.mark.parametrize(
    ("name", "content_type", "expected"),
    [
        ("foto.JPG", "application/octet-stream", "image"),
        ("poliza.pdf", "text/html", "pdf"),
        ("mal.html", "image/png", "page"),
        ("mal.svg", "image/svg+xml", "page"),
        ("macro.docm", "application/pdf", "program"),
        ("cotizacion.xlsx", "", "sheet"),
        ("sin nombre", "application/pdf", "pdf"),
        ("sin nombre", "image/heic", "image"),
        ("cosa.qqq", "application/x-nada", "other"),
        ("factura.exe .", "application/pdf", "program"),
        ("", "", "other"),
    ],
)
def test_the_kind_is_told_by_the_name_for_it_decides_what_opens_the_file(name, content_type, expected):
    assert kind(name, content_type) == expected


@pytest.mark.parametrize(
    "name", ["factura.pdf.exe", "factura.pdf     .exe", "foto.jpg.html", "a.docx.js", "a.txt.lnk"]
)
def test_a_program_called_like_a_document_is_disguised(name):
    assert is_disguised(name)


@pytest.mark.parametrize(
    "name", ["factura.pdf", "setup.exe", "v1.2.exe", "a.tar.gz", "informe.2024.pdf", "x", ""]
)
def test_others_are_not(name):
    assert not is_disguised(name)


@pytest.mark.parametrize(
    ("beginning", "expected"),
    [
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"<svg xmlns=", ""),
        (b"<html>", ""),
        (b"\x89PN", ""),
        (b"", ""),
    ],
)
def test_a_picture_is_known_by_its_first_bytes(beginning, expected):
    assert picture_type(beginning) == expected


def test_a_pdf_too():
    assert is_pdf(b"%PDF-1.7")
    assert not is_pdf(b"<html>%PDF-1.7")
