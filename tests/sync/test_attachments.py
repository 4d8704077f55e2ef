import hashlib

import pytest

from escala_email_plugin.mail.parse import Part
from escala_email_plugin.models import Attachment
from escala_email_plugin.storage import attachment_storage
from escala_email_plugin.sync.attachments import keep
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db


def part(content: bytes) -> Part:
    return Part(name="a.pdf", content_type="application/pdf", content=content, content_id="", inline=False)


def test_the_same_content_is_kept_once():
    first, second = keep([part(b"igual"), part(b"igual")])
    assert first.file.name == second.file.name


def test_a_name_cannot_be_guessed_from_the_content():
    (kept,) = keep([part(b"contenido")])
    assert hashlib.sha256(b"contenido").hexdigest()[2:] not in kept.file.name
    assert "." not in kept.file.name


def test_a_file_that_was_cut_short_is_written_again():
    (kept,) = keep([part(b"entero")])
    storage = attachment_storage()
    with open(storage.path(kept.file.name), "wb") as file:
        file.write(b"ent")
    (again,) = keep([part(b"entero")])
    with storage.open(again.file.name) as file:
        assert file.read() == b"entero"


def test_a_message_keeps_its_attachments_in_order(seller):
    names = ["uno.pdf", "dos.pdf", "tres.pdf"]
    stored(account(seller), letter(attachments=[(name, "application/pdf", name.encode()) for name in names]))
    assert [one.name for one in Attachment.objects.all()] == names
    assert [one.size for one in Attachment.objects.all()] == [len(name) for name in names]
