"""Two at once, for one user: two tabs, or the workers of two mailboxes."""

import pytest
from django.utils import timezone

from escala_email_plugin.models import CaptureAddress, EmailAccount
from escala_email_plugin.sync.capture import address
from escala_email_plugin.sync.capture.holder import holder
from tests.making import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_workers_make_one_row_that_stands_for_no_mailbox(seller):
    first, second = at_once(lambda: holder(seller).pk)
    assert first == second
    assert EmailAccount.objects.count() == 1


def test_of_two_new_addresses_neither_is_answered_more_often(seller):
    address.current(seller)
    CaptureAddress.objects.update(answered_at=timezone.now())
    at_once(lambda: address.make_new(seller).pk)
    assert CaptureAddress.objects.get(user=seller, ended_at=None).answered_at
