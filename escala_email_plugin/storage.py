"""Where attachments are kept: the host's storage called ``escala_email``."""

from django.core.files.storage import InvalidStorageError, Storage, storages

from . import conf


def attachment_storage() -> Storage:
    """The storage of ``ESCALA_EMAIL["STORAGE"]``, or the default one where the host defines none.

    ``checks`` warns about the second case: files of the default storage are often public.
    """
    try:
        return storages[conf.get("STORAGE")]
    except InvalidStorageError:
        return storages["default"]
