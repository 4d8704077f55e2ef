"""Give a file away: nothing a stranger sent ever runs in our origin."""

from io import BytesIO
from typing import BinaryIO

from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _

#: Without origin, scripts, forms or requests.
_SANDBOXED = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; sandbox"
)

#: A browser shows a PDF by a program of its own, which it does not start in a sandbox. That program lives in
#: an origin of its own, and the file itself can fetch nothing.
_OF_PDF = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def download(content: BinaryIO | bytes, name: str) -> FileResponse:
    """A response that browsers save under ``name`` and open as nothing."""
    return FileResponse(
        BytesIO(content) if isinstance(content, bytes) else content,
        as_attachment=True,
        filename=name,
        content_type="application/octet-stream",
        headers={"Content-Security-Policy": "default-src 'none'; sandbox", **_COMMON},
    )


_COMMON = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def viewed(content: BinaryIO, name: str, content_type: str) -> FileResponse:
    """A response that browsers show. ``content_type``: a picture's or application/pdf, by its bytes."""
    policy = _OF_PDF if content_type == "application/pdf" else _SANDBOXED
    return FileResponse(
        content,
        filename=name,
        content_type=content_type,
        headers={"Content-Security-Policy": policy, **_COMMON},
    )


def viewed_text(text: str, is_cut: bool) -> HttpResponse:
    """Plain text, which browsers show as it is."""
    if is_cut:
        text += "\n\n" + _("[This file is too long to be shown here. Download it to read the rest.]")
    return HttpResponse(
        text,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Security-Policy": _SANDBOXED, "Content-Disposition": "inline", **_COMMON},
    )
