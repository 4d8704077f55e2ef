"""Whether mail came while a record's conversations were being looked at."""

from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType

from escala_email_plugin.models import RecordThread
from escala_email_plugin.readers import Reader
from escala_email_plugin.reading.newer import newer
from escala_email_plugin.reading.position import Position
from tests.making import DAY, account, letter, stored

pytestmark = pytest.mark.django_db

SHOWN = Position(DAY - timedelta(hours=1), 0)


@pytest.fixture
def count(ana):
    """count(user): how many messages came on the page of ``ana``."""

    def count(user):
        of = (ContentType.objects.get_for_model(ana), ana.pk)
        return newer((*of, Reader(user, of)), SHOWN, None).count

    return count


def tie(record, message, *, is_tied):
    of = {"content_type": ContentType.objects.get_for_model(record), "object_id": str(record.pk)}
    RecordThread.objects.create(**of, thread=message.thread, is_tied=is_tied)


def test_what_came_in_a_conversation_that_was_tied_by_hand_is_new_too(seller, colleague, ana, count):
    _own, other = stored(account(seller), letter(), letter(sender="otra@x.test"))
    assert count(seller) == 1
    tie(ana, other, is_tied=True)
    assert count(seller) == 2
    assert count(colleague) == 0


def test_what_came_in_a_conversation_that_was_untied_is_not(seller, ana, count):
    (message,) = stored(account(seller), letter())
    tie(ana, message, is_tied=False)
    assert count(seller) == 0


def test_a_message_that_is_tied_and_the_records_counts_once(seller, ana, count):
    (message,) = stored(account(seller), letter())
    tie(ana, message, is_tied=True)
    assert count(seller) == 1
