"""A message too large to be fetched at once, in a temporary file that has no name.

It is gone with whoever reads it, be they killed; what is mapped needs no memory of its own.
"""

from collections.abc import Callable
from contextlib import ExitStack
from mmap import ACCESS_READ, mmap
from tempfile import TemporaryFile
from typing import Any

from django.conf import settings

from .. import conf
from ..mail.transfer import Raw


class TooLarge(Exception):
    """More came than MAX_MESSAGE_BYTES, whatever the server had said; ``size``: the bytes until then."""

    def __init__(self, size: int):
        super().__init__(size)
        self.size = size


class Download:
    """What a large message is written to piece by piece, as a context manager.

    ``heartbeat`` is called before each piece. Raises OSError where the host has no room for it.
    """

    def __init__(self, heartbeat: Callable[[], None]):
        self._heartbeat = heartbeat
        self._limit = conf.get("MAX_MESSAGE_BYTES")
        self._size = 0
        self._open = ExitStack()

    def __enter__(self) -> "Download":
        # Where the host wants its uploads to wait, and large like those.
        self._file = self._open.enter_context(TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR))
        return self

    def __exit__(self, *exc: Any) -> None:
        self._open.close()

    def write(self, piece: bytes) -> int:
        """Add a piece. Raises TooLarge."""
        self._heartbeat()
        self._size += len(piece)
        if self._size > self._limit:
            raise TooLarge(self._size)
        return self._file.write(piece)

    def mapped(self) -> Raw:
        """The message as it came; it outlives the download, and goes with its last reader."""
        self._file.flush()
        return mmap(self._file.fileno(), 0, access=ACCESS_READ) if self._size else b""
