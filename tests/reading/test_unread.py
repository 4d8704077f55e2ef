"""What is unread: by reader, since the conversation was last shown, and never what we wrote ourselves."""

from datetime import timedelta

import pytest
from django.utils import timezone

from escala_email_plugin.models import Message, Participant, ThreadRead
from escala_email_plugin.reading.opened import opened
from escala_email_plugin.reading.timeline import Timeline
from escala_email_plugin.reading.unread import has_read, unread
from escala_email_plugin.reading.visits import unseen, visited
from tests.admin.timelines import text
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


def days_ago(message, days):
    moment = timezone.now() - timedelta(days=days)
    Message.objects.filter(pk=message.pk).update(sent_at=moment)
    Participant.objects.filter(message=message).update(sent_at=moment)


@pytest.mark.parametrize("has_visited", [False, True])
@pytest.mark.parametrize("has_opened", [False, True])
@pytest.mark.parametrize(("days", "late"), [(1, False), (1, True), (15, False), (15, True)])
def test_the_list_and_the_conversation_tell_the_same(
    thread, seller, ana, has_visited, has_opened, days, late
):
    first, _ours, third = thread
    for message in thread:
        days_ago(message, days)
    if has_visited:
        visited(ana, seller)
    if has_opened:
        has_read(seller, first.thread_id, timezone.now())
    if late:
        Message.objects.filter(pk=third.pk).update(recorded_at=timezone.now() + timedelta(minutes=1))
    (listed,) = Timeline(ana, seller).conversations().items
    found = opened(Timeline(ana, seller), first.thread_id)
    wanted = int(late) if has_opened else (2 if days == 1 else 0)
    assert (listed.unread, found.unread) == (wanted, wanted)


def test_the_mark_in_the_list_says_how_many_are_unread(thread, seller, look):
    for message in thread:
        days_ago(message, 1)
    assert "2 unread messages" in text(look(seller))


def test_what_was_read_elsewhere_since_the_last_visit_is_not_counted_beside_the_form(thread, seller, ana):
    visited(ana, seller)
    for message in thread:
        days_ago(message, 1)
    late = timezone.now() + timedelta(minutes=1)
    Message.objects.update(recorded_at=late)
    assert unseen(ana, seller) == 2
    has_read(seller, thread[0].thread_id, late)
    Message.objects.update(recorded_at=timezone.now() - timedelta(seconds=1))
    assert unseen(ana, seller) == 0
