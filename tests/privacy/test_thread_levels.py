"""What an owner decides for one conversation."""

import pytest

from escala_email_plugin.models import Message, Thread, ThreadLevel
from escala_email_plugin.privacy.thread_levels import by_mailbox, decide, decided, holding
from escala_email_plugin.visibility import Level
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db


def test_it_is_decided_for_what_one_holds_and_can_be_taken_back(seller, colleague):
    mine = account(seller)
    (message,) = stored(mine, letter())
    assert decide(seller, message.thread_id, Level.PEOPLE) == [mine]
    assert decided(seller, message.thread_id) == Level.PEOPLE
    assert decide(seller, message.thread_id, Level.EVERYTHING) == [mine]
    assert ThreadLevel.objects.get().level == Level.EVERYTHING
    assert decided(colleague, message.thread_id) is None
    assert decide(colleague, message.thread_id, Level.NOTHING) == []
    assert decide(seller, message.thread_id, None) == [mine]
    assert decided(seller, message.thread_id) is None


def test_a_mailbox_that_is_to_be_deleted_decides_nothing(seller):
    mine = account(seller)
    (message,) = stored(mine, letter())
    mine.erase_at = mine.created_at
    mine.save()
    assert list(holding(seller, message.thread_id)) == []


def test_a_conversation_that_was_joined_to_another_meanwhile_is_not_decided_about(seller):
    (message,) = stored(account(seller), letter())
    gone = message.thread_id
    Message.objects.update(thread=Thread.objects.create())
    Thread.objects.filter(pk=gone).delete()
    assert decide(seller, gone, Level.EVERYTHING) == []


@pytest.mark.parametrize("shares", [True, False])
def test_as_the_mailbox_is_what_it_shares_now(seller, shares):
    mine = account(seller, shares=shares, level=Level.SUBJECT)
    assert by_mailbox(mine) == (Level.SUBJECT if shares else Level.NOTHING)
