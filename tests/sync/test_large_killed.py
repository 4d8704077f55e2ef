"""kill -9 while a large message comes in parts: nothing is left lying about, and it comes in the end."""

import tempfile

import pytest

from escala_email_plugin.models import Attachment, EmailAccount
from sandbox.crm.models import Person
from tests.making import account_at

from .mortal import Workers
from .test_large import MEGABYTE, noise, with_attachment

pytestmark = [pytest.mark.dovecot, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

#: Reads from the network at which a worker dies: in the middle of the message, each of them a little.
READS = (100, 250, 400)


def files(folder) -> list:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_worker_that_dies_in_the_middle_leaves_no_file_behind(mailbox, seller, tmp_path, monkeypatch):
    size = 8 * MEGABYTE
    mailbox.append(with_attachment(size))
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    mine = account_at(mailbox, seller)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    with Workers() as workers:
        for number in READS:
            assert workers.sync(mine.pk, kill=("read", number)).killed
            assert files(tmp_path) == []
            assert not Attachment.objects.exists()
            EmailAccount.objects.update(lease_until=None, next_try=None)
        assert workers.sync(mine.pk).done
    assert files(tmp_path) == []
    assert Attachment.objects.get().file.read() == noise(size)
