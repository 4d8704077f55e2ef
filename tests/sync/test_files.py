"""No file goes that somebody is about to use."""

import threading
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.utils import timezone

from escala_email_plugin.mail.parse import parse
from escala_email_plugin.models import Attachment, ForgottenFile
from escala_email_plugin.storage import attachment_storage
from escala_email_plugin.sync import files
from escala_email_plugin.sync.attachments import keep
from tests.making import DAY, account, letter, stored

pytestmark = pytest.mark.django_db

CONTENT = b"contrato"


def kept() -> str:
    """Keep the content as a sync would; returns the file's name."""
    (row,) = keep({1: parse(letter(attachments=[("a", "text/plain", CONTENT)]), DAY).attachments})[1]
    return row.file.name


@pytest.fixture
def forgotten():
    """The name of a file that was noted long ago."""
    name = kept()
    files.note([name])
    ForgottenFile.objects.update(since=timezone.now() - timedelta(days=2))
    return name


def test_a_file_that_is_about_to_be_used_again_is_noted_no_more(forgotten):
    assert kept() == forgotten
    assert files.remove() == 0
    assert attachment_storage().exists(forgotten)


def test_a_file_noted_again_waits_its_day_again(forgotten):
    files.note([forgotten])
    assert files.remove() == 0
    assert ForgottenFile.objects.count() == 1


def test_a_file_that_is_used_after_all_is_noted_no_more(forgotten, seller):
    stored(account(seller), letter(attachments=[("a", "text/plain", CONTENT)]))
    files.note(["other"])
    ForgottenFile.objects.create(name=Attachment.objects.get().file.name)
    ForgottenFile.objects.update(since=timezone.now() - timedelta(days=2))
    attachment_storage().save("other", ContentFile(b"x"))
    assert files.remove() == 1
    assert not ForgottenFile.objects.exists()
    assert attachment_storage().exists(forgotten)


def test_a_file_that_is_gone_already_is_noted_no_more(forgotten):
    attachment_storage().delete(forgotten)
    files.remove()
    assert not ForgottenFile.objects.exists()


def test_a_file_the_storage_does_not_give_up_is_tried_again_and_keeps_no_other(forgotten, monkeypatch):
    storage = attachment_storage()
    original = type(storage).delete

    def delete(self, name):
        if name == forgotten:
            raise OSError("the storage is away")
        original(self, name)

    ForgottenFile.objects.create(name="other")
    ForgottenFile.objects.update(since=timezone.now() - timedelta(days=2))
    with monkeypatch.context() as away:
        away.setattr(type(storage), "delete", delete)
        assert files.remove() == 1
    assert ForgottenFile.objects.get().name == forgotten
    assert files.remove() == 1
    assert not storage.exists(forgotten)


@pytest.mark.django_db(transaction=True)
def test_who_is_about_to_use_a_file_waits_for_its_removal_and_writes_it_again(forgotten, monkeypatch):
    storage = attachment_storage()
    original, others = type(storage).delete, []

    def use() -> None:
        try:
            kept()
        finally:
            connection.close()

    def delete(self, name):
        if not others:
            others.append(threading.Thread(target=use))
            others[0].start()
            others[0].join(0.3)
        original(self, name)

    with monkeypatch.context() as slow:
        slow.setattr(type(storage), "delete", delete)
        assert files.remove() == 1
    others[0].join()
    with storage.open(forgotten) as file:
        assert file.read() == CONTENT


@pytest.mark.django_db(transaction=True)
def test_who_removes_a_file_lets_go_where_somebody_was_first(forgotten):
    removed = []

    def remove() -> None:
        try:
            removed.append(files.remove())
        finally:
            connection.close()

    with transaction.atomic():
        kept()
        other = threading.Thread(target=remove)
        other.start()
        other.join(0.3)
    other.join()
    assert removed == [0]
    assert attachment_storage().exists(forgotten)
