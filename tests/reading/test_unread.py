"""What is unread: by reader, since the conversation was last shown, and never what we wrote ourselves."""

from datetime import timedelta

import pytest
from django.utils import timezone

from escala_email_plugin.models import Message, ThreadRead
from escala_email_plugin.reading.unread import has_read, unread
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread(seller):
    """A conversation: Ana wrote, Lucía answered, Ana wrote again; all of it just now."""
    messages = stored(
        account(seller),
        letter(subject="Uno", message_id="1@cliente.test"),
        letter("lucia@andina.test", "ana@cliente.test", "Re: Uno", minutes=1, reply_to="1@cliente.test"),
        letter(subject="Re: Uno", minutes=2, reply_to="1@cliente.test"),
    )
    Message.objects.update(sent_at=timezone.now() - timedelta(hours=1))
    return messages


def test_what_others_wrote_is_unread_until_the_conversation_was_shown(thread, seller, colleague):
    first, _ours, third = thread
    assert unread(Message.objects.all(), seller) == {first.pk, third.pk}
    assert len(unread(Message.objects.filter(thread=first.thread_id), seller)) == 2
    has_read(seller, first.thread_id, timezone.now())
    assert unread(Message.objects.all(), seller) == set()
    assert unread(Message.objects.filter(thread=first.thread_id), seller) == set()
    assert unread(Message.objects.all(), colleague) == {first.pk, third.pk}


def test_what_came_after_it_was_shown_is_unread_however_old_it_is(thread, seller):
    first, _ours, third = thread
    has_read(seller, first.thread_id, timezone.now())
    late = timezone.now() + timedelta(minutes=1)
    Message.objects.filter(pk=third.pk).update(recorded_at=late, sent_at=late - timedelta(days=900))
    assert unread(Message.objects.all(), seller) == {third.pk}


def test_the_years_that_a_first_synchronisation_brings_in_are_no_news(thread, seller):
    first, _ours, third = thread
    Message.objects.filter(pk=first.pk).update(sent_at=timezone.now() - timedelta(days=15))
    assert unread(Message.objects.all(), seller) == {third.pk}


def test_only_what_is_asked_about_is_told(thread, seller):
    first, ours, third = thread
    assert unread(Message.objects.all(), seller, [ours.pk, third.pk]) == {third.pk}
    assert unread(Message.objects.none(), seller) == set()
    assert first.pk in unread(Message.objects.filter(thread=first.thread), seller)


def test_the_mark_moves_on_and_never_back_nor_past_the_present(thread, seller):
    thread_id, now = thread[0].thread_id, timezone.now()
    has_read(seller, thread_id, now)
    has_read(seller, thread_id, now - timedelta(days=1))
    assert ThreadRead.objects.get().at == now
    has_read(seller, thread_id, now + timedelta(days=1))
    assert now < ThreadRead.objects.get().at <= timezone.now()
