"""All that the plugin keeps, as one text: every column of every table, every file, the log, and the queue."""

from itertools import chain

from django.apps import apps
from django.utils import timezone
from wagtail.models import ModelLogEntry

from escala_email_plugin.models import ForgottenFile
from escala_email_plugin.storage import attachment_storage
from escala_email_plugin.sync import files


def everything() -> str:
    """In lower case. Files that are to go in a day are gone."""
    ForgottenFile.objects.update(since=timezone.now() - 2 * files.PAUSE)
    files.remove()
    return "\n".join(chain(_rows(), _files())).lower()


def _rows():
    for model in (*apps.get_app_config("escala_email").get_models(), ModelLogEntry):
        for row in model._default_manager.values_list():
            for value in row:
                is_bytes = isinstance(value, bytes | memoryview)
                yield bytes(value).decode("latin-1") if is_bytes else str(value)


def _files(folder="escala_email"):
    storage = attachment_storage()
    if storage.exists(folder):
        folders, names = storage.listdir(folder)
        yield from (text for name in folders for text in _files(f"{folder}/{name}"))
        for name in names:
            with storage.open(f"{folder}/{name}") as file:
                yield file.read().decode("latin-1")
