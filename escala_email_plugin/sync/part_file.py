"""An attachment as a file, for the host's storage: decoded as it is read, never in memory whole."""

import io
import os
from collections.abc import Iterator

from django.core.files.base import File

from ..mail.parse import Part


class PartFile(File):
    """A part for Django's storages: some ask for its chunks, others read it like any file."""

    def __init__(self, part: Part):
        super().__init__(io.BufferedReader(_Reader(part)))
        self.size = part.size
        self._part = part

    def __bool__(self) -> bool:
        return True  # as a ContentFile, which has no name either

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """The content, a bounded piece at a time, whatever ``chunk_size``."""
        return self._part.chunks()


class _Reader(io.RawIOBase):
    """Reads a part; going back decodes it once more from its beginning."""

    def __init__(self, part: Part):
        self._part = part
        self._position = 0
        self._restart()

    def _restart(self) -> None:
        self._chunks = self._part.chunks()
        self._chunk, self._chunk_at = b"", 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._part.size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer) -> int:
        """As much as is decoded of what follows; 0 at the end."""
        if self._position < self._chunk_at:
            self._restart()
        while self._position >= self._chunk_at + len(self._chunk):
            self._chunk_at += len(self._chunk)
            self._chunk = next(self._chunks, b"")
            if not self._chunk and self._chunk_at >= self._part.size:
                return 0
        start = self._position - self._chunk_at
        found = self._chunk[start : start + len(buffer)]
        buffer[: len(found)] = found
        self._position += len(found)
        return len(found)
