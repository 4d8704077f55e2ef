"""What an owner decides for one conversation."""

import pytest

from escala_email_plugin.models import Message, Thread, ThreadLevel
from escala_email_plugin.privacy.thread_levels import by_mailbox, decide, decided, holding
from escala_email_plugin.sync import connection
from escala_email_plugin.visibility import Level
from tests.making import account, at_once, letter, stored

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


def test_it_holds_in_the_mailbox_its_owner_connects_next(seller, colleague):
    """Whose address changes connects the same mail once more."""
    mine = account(seller, shares=True)
    (message,) = stored(mine, letter(subject="Privada"))
    decide(seller, message.thread_id, Level.NOTHING)
    connection.disconnect(mine)
    wanted = connection.Wanted(
        "nueva@andina.test", "nueva", "x", imap_host="imap.test", smtp_host="smtp.test"
    )
    new = connection.connect("personal", seller, wanted)
    assert new.shares
    stored(new, letter(subject="Privada"))
    assert not Message.objects.visible_to(colleague, Level.PEOPLE).exists()


def test_it_holds_in_a_mailbox_that_gets_the_conversation_later(seller, colleague):
    mine = account(seller, shares=True, state="disconnected")
    other = account(seller, "nueva@andina.test", shares=True)
    (message,) = stored(mine, letter(subject="Privada"))
    assert decide(seller, message.thread_id, Level.NOTHING) == [mine]
    stored(other, letter(subject="Privada"))
    assert not Message.objects.visible_to(colleague, Level.PEOPLE).exists()
    decide(seller, message.thread_id, None)
    assert Message.objects.visible_to(colleague).exists()


@pytest.mark.django_db(transaction=True)
def test_it_holds_in_a_mailbox_that_is_being_connected(seller, colleague):
    mine = account(seller, shares=True, state="disconnected")
    (message,) = stored(mine, letter(subject="Privada"))
    wanted = connection.Wanted(
        "nueva@andina.test", "nueva", "x", imap_host="imap.test", smtp_host="smtp.test"
    )
    acts = iter(
        [
            lambda: connection.connect("personal", seller, wanted),
            lambda: decide(seller, message.thread_id, Level.NOTHING),
        ]
    )
    new, _decided = at_once(lambda: next(acts)())
    stored(new, letter(subject="Privada"))
    assert not Message.objects.visible_to(colleague, Level.PEOPLE).exists()


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
