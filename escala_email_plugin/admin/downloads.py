"""Give a file away: nothing a stranger sent is ever shown from our origin."""

from io import BytesIO
from typing import BinaryIO

from django.http import FileResponse


def download(content: BinaryIO | bytes, name: str) -> FileResponse:
    """A response that browsers save under ``name`` and open as nothing."""
    return FileResponse(
        BytesIO(content) if isinstance(content, bytes) else content,
        as_attachment=True,
        filename=name,
        content_type="application/octet-stream",
        headers={
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )
