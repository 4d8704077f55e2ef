import gzip
import hashlib
import io
import tracemalloc
import zipfile

import pytest
from django.core.files.storage import InMemoryStorage

from escala_email_plugin.mail.parse import Part, parse
from escala_email_plugin.mail.transfer import PIECE
from escala_email_plugin.models import Attachment
from escala_email_plugin.storage import attachment_storage
from escala_email_plugin.sync.attachments import keep
from escala_email_plugin.sync.part_file import PartFile
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db

LONG = bytes(range(256)) * (3 * PIECE // 256)


def part(content: bytes) -> Part:
    return parse(letter(attachments=[("a.pdf", "application/pdf", content)]), None).attachments[0]


def kept_parts(parts):
    return keep({1: parts})[1]


def test_the_same_content_is_kept_once():
    first, second = kept_parts([part(b"igual"), part(b"igual")])
    assert first.file.name == second.file.name


def test_a_name_cannot_be_guessed_from_the_content():
    (kept,) = kept_parts([part(b"contenido")])
    assert hashlib.sha256(b"contenido").hexdigest()[2:] not in kept.file.name
    assert "." not in kept.file.name


def test_a_file_that_is_there_is_not_written_again(monkeypatch):
    (kept,) = kept_parts([part(LONG)])
    monkeypatch.setattr(Part, "chunks", lambda self: pytest.fail("It was read."))
    (again,) = kept_parts([part(LONG)])
    assert (again.file.name, again.size, again.sha256) == (kept.file.name, kept.size, kept.sha256)


@pytest.mark.parametrize("content", [b"entero", LONG])
def test_a_file_that_was_cut_short_is_written_again(content):
    (kept,) = kept_parts([part(content)])
    storage = attachment_storage()
    with open(storage.path(kept.file.name), "wb") as file:
        file.write(b"ent")
    (again,) = kept_parts([part(content)])
    assert (again.size, again.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    with storage.open(again.file.name) as file:
        assert file.read() == content


def test_a_file_is_written_a_bounded_piece_at_a_time():
    chunks = list(PartFile(part(LONG)).chunks(10**9))
    assert b"".join(chunks) == LONG
    assert max(map(len, chunks)) <= PIECE


def test_a_storage_may_read_a_part_like_any_file():
    file = PartFile(part(LONG))
    assert file
    assert file.size == len(LONG)
    assert file.read(1000) == LONG[:1000]
    assert file.seek(0, 2) == len(LONG)
    assert file.read(1) == b""
    file.seek(2 * PIECE + 7)
    assert file.read() == LONG[2 * PIECE + 7 :]
    file.seek(-3, 1)
    assert file.read(100) == LONG[-3:]
    file.seek(0)
    assert file.read(2 * PIECE) == LONG[: 2 * PIECE], "all that was asked for, as uploads in parts need it"


def test_any_storage_of_djangos_takes_a_part(monkeypatch):
    memory = InMemoryStorage()
    monkeypatch.setattr("escala_email_plugin.sync.attachments.attachment_storage", lambda: memory)
    kept = kept_parts([part(LONG), part(b"")])
    assert [memory.open(one.file.name).read() for one in kept] == [LONG, b""]


def test_a_message_keeps_its_attachments_in_order(seller):
    names = ["uno.pdf", "dos.pdf", "tres.pdf"]
    stored(account(seller), letter(attachments=[(name, "application/pdf", name.encode()) for name in names]))
    assert [one.name for one in Attachment.objects.all()] == names
    assert [one.size for one in Attachment.objects.all()] == [len(name) for name in names]


@pytest.mark.django_db
def test_an_archive_is_never_opened(seller):
    """A hundred megabytes of nothing in a hundred kilobytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("bomb", "w") as file:
        for _ in range(100):
            file.write(bytes(2**20))
    bomb = packed.getvalue()
    raw = letter(
        attachments=[("a.zip", "application/zip", bomb), ("a.gz", "application/gzip", gzip.compress(bomb))]
    )
    tracemalloc.start()
    try:
        stored(account(seller), raw)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2**22
    assert Attachment.objects.get(name="a.zip").file.read() == bomb
