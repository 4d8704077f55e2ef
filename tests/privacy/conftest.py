"""What the tests of decisions about stored mail share."""

import pytest

from escala_email_plugin.storage import attachment_storage


@pytest.fixture
def attachments(settings, tmp_path):
    """A storage that holds nothing of other tests."""
    kept = {"BACKEND": settings.STORAGES["escala_email"]["BACKEND"], "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "escala_email": kept}
    return attachment_storage()
