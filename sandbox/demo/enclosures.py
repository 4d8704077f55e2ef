"""Files to attach: small, valid, and the same bytes at every call."""

import io
import struct
import zipfile
import zlib
from typing import NamedTuple
from xml.sax.saxutils import escape


class Enclosure(NamedTuple):
    """A file: its name, its MIME type and its bytes."""

    name: str
    content_type: str
    content: bytes


def pdf(name: str, lines: list[str]) -> Enclosure:
    """A page of text."""
    shown = [line.translate(str.maketrans("()\\", "[]/")).encode("cp1252", "replace") for line in lines]
    text = b"BT /F1 13 Tf 60 780 Td 20 TL " + b" ".join(b"(" + line + b") Tj T*" for line in shown) + b" ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    out += (
        b"xref\n0 6\n0000000000 65535 f \n%strailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (
            table,
            len(out),
        )
    )
    return Enclosure(name, "application/pdf", out)


def picture(name: str, hue: int, width: int = 320, height: int = 200) -> Enclosure:
    """A PNG: a gradient with a dark shape in it."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            inside = width // 4 < x < 3 * width // 4 and height // 3 < y < 3 * height // 4
            base = 60 if inside else 140 + 80 * y // height
            rows += bytes(((base + hue) % 256, base, (base + 2 * hue) % 200))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return Enclosure(name, "image/png", b"\x89PNG\r\n\x1a\n" + body)


def table(name: str, rows: list[list[str]]) -> Enclosure:
    """A CSV file with semicolons, as spreadsheets in Spanish write them."""
    text = "".join(";".join(row) + "\r\n" for row in rows)
    return Enclosure(name, "text/csv", b"\xef\xbb\xbf" + text.encode())


_SHEET_FILES = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.'
        'openxmlformats.org/officeDocument/2006/relationships"><sheets>'
        '<sheet name="1" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
}


def sheet(name: str, rows: list[list[str]]) -> Enclosure:
    """A workbook (Office Open XML) of one sheet."""
    cells = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in row) + "</row>"
        for row in rows
    )
    worksheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{cells}</sheetData></worksheet>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in {**_SHEET_FILES, "xl/worksheets/sheet1.xml": worksheet}.items():
            archive.writestr(zipfile.ZipInfo(path), f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Enclosure(name, kind, out.getvalue())
