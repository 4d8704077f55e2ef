"""Ask for a hidden message: whom, when not, and how often."""

import pytest
from django.utils import timezone

from escala_email_plugin.models import AccessRequest, Grant, Message
from escala_email_plugin.privacy.access import asking
from escala_email_plugin.privacy.access.answering import answer, open_for
from escala_email_plugin.privacy.access.asking import ask, asked_by, state_of
from escala_email_plugin.privacy.access.grants import take_back
from escala_email_plugin.privacy.access.refused import Refused
from escala_email_plugin.privacy.leaving import left
from escala_email_plugin.sync import erase
from escala_email_plugin.visibility import Level
from sandbox.crm.models import Person
from tests.making import account, at_once, letter, stored

pytestmark = pytest.mark.django_db

TO_BOTH = letter(to="lucia@andina.test, jefa@andina.test", subject="A las dos", message_id="d@x.test")


def share(mailbox, level) -> None:
    mailbox.shares, mailbox.level = True, level
    mailbox.save()


def state(user) -> str:
    return state_of(asked_by(user).get())


def test_the_owner_of_the_mailbox_that_holds_it_is_asked(question, mine, colleague, hidden, ana):
    assert (question.account, question.message, question.asker) == (mine, hidden, colleague)
    assert (question.record, question.answer, question.told_at) == (ana, "", None)
    assert state(colleague) == "open"


def test_asking_gives_nothing_to_read(question, colleague, readable):
    assert readable(colleague) == set()


def test_asking_again_while_it_is_open_does_nothing(question, colleague, hidden, ana):
    before = AccessRequest.objects.values().get()
    assert ask(colleague, ana, hidden.pk) == [question]
    assert AccessRequest.objects.values().get() == before


@pytest.mark.django_db(transaction=True)
def test_of_two_clicks_at_once_one_asks(hidden, colleague, ana):
    first, second = at_once(lambda: ask(colleague, ana, hidden.pk))
    assert first == second
    assert AccessRequest.objects.count() == 1


def test_each_colleague_who_holds_it_is_asked(seller, manager, colleague, ana):
    first, second = account(seller), account(manager, "jefa@andina.test")
    (message,) = stored(first, TO_BOTH)
    stored(second, TO_BOTH)
    assert {one.account for one in ask(colleague, ana, message.pk)} == {first, second}


def test_who_holds_it_in_two_mailboxes_is_asked_once_for_the_connected_one(seller, colleague, ana):
    former = account(seller, "antes@andina.test", state="disconnected")
    now = account(seller)
    (message,) = stored(now, letter(to="antes@andina.test, lucia@andina.test"))
    stored(former, letter(to="antes@andina.test, lucia@andina.test"))
    assert Message.objects.count() == 1
    (made,) = ask(colleague, ana, message.pk)
    assert made.account == now


@pytest.mark.parametrize("case", ["own", "shared", "of_another_record", "unknown", "granted"])
def test_what_is_not_hidden_on_this_record_is_not_there(case, seller, colleague, hidden, mine, ana):
    record, user, pk = ana, colleague, hidden.pk
    if case == "own":
        user = seller
    elif case == "shared":
        mine.shares = True
        mine.save()
    elif case == "of_another_record":
        record = Person.objects.create(first_name="Berta", email="berta@otra.test")
    elif case == "unknown":
        pk = 987654321
    else:
        Grant.objects.create(account=mine, user=colleague, message=hidden)
    with pytest.raises(Message.DoesNotExist):
        ask(user, record, pk)
    assert not AccessRequest.objects.exists()


@pytest.mark.parametrize("level", [Level.PEOPLE, Level.SUBJECT])
def test_what_is_shown_in_part_can_be_asked_for(level, seller, colleague, hidden, mine, ana, readable):
    share(mine, level)
    reply = Message.objects.get(subject="Respuesta")
    for message in (hidden, reply):
        (made,) = ask(colleague, ana, message.pk)
        assert (made.account, made.message) == (mine, message)
    assert answer(seller, made, "message")
    assert readable(colleague) == {"Respuesta"}


def test_of_what_is_shown_in_part_only_who_shows_it_is_asked(seller, manager, colleague, ana):
    """Who else holds it may have got a blind copy; neither their name nor that there is one is told."""
    first, blind = account(seller), account(manager, "jefa@andina.test")
    (message,) = stored(first, letter(bcc="jefa@andina.test"))
    stored(blind, letter())
    share(first, Level.PEOPLE)
    assert [one.account for one in ask(colleague, ana, message.pk)] == [first]


def test_what_who_left_shares_in_part_is_answered_by_nobody(seller, colleague, hidden, mine, ana):
    share(mine, Level.SUBJECT)
    left(seller)
    with pytest.raises(Refused, match="Nobody who could answer"):
        ask(colleague, ana, hidden.pk)


def test_only_what_a_line_is_given_for_can_be_asked_for(colleague, hidden, ana):
    """Else whoever tries one number after the other counts the messages of a conversation."""
    reply = Message.objects.get(subject="Respuesta")
    with pytest.raises(Message.DoesNotExist):
        ask(colleague, ana, reply.pk)
    assert ask(colleague, ana, hidden.pk)


def test_an_open_question_to_a_mailbox_that_is_being_deleted_is_put_to_the_next(
    seller, colleague, mine, ana, readable
):
    raw = letter(subject="Secreto")
    (message,) = stored(mine, raw)
    ask(colleague, ana, message.pk)
    other = account(seller, "nueva@andina.test", state="disconnected")
    stored(other, raw)
    erase.order(mine)
    assert [one.account for one in ask(colleague, ana, message.pk)] == [other]


def test_questions_that_nobody_can_answer_keep_nobody_from_asking(
    seller, manager, colleague, ana, monkeypatch
):
    monkeypatch.setattr(asking, "MOST_OPEN", 1)
    other = account(manager, "jefa@andina.test")
    (gone,) = stored(account(seller), letter())
    ask(colleague, ana, gone.pk)
    (message,) = stored(other, letter(to="jefa@andina.test", subject="Otra", minutes=3))
    with pytest.raises(Refused, match="very often"):
        ask(colleague, ana, message.pk)
    left(seller)
    assert ask(colleague, ana, message.pk)


def test_who_may_not_know_of_colleagues_mail_finds_nothing_to_ask_for(hidden, outsider, ana):
    with pytest.raises(Message.DoesNotExist):
        ask(outsider, ana, hidden.pk)


def test_by_a_blind_copy_nobody_learns_that_there_is_something_to_ask_for(mine, colleague, ana):
    (message,) = stored(mine, letter("lucia@andina.test", "otro@otra.test", bcc="ana@cliente.test"))
    with pytest.raises(Message.DoesNotExist):
        ask(colleague, ana, message.pk)


def test_after_a_no_the_question_is_not_put_again(question, seller, colleague, hidden, ana):
    answer(seller, question, "no")
    with pytest.raises(Refused, match="lucia answered no"):
        ask(colleague, ana, hidden.pk)
    assert state(colleague) == "no"


def test_a_no_in_a_former_mailbox_holds_for_the_next_one(question, mine, seller, colleague, hidden, ana):
    answer(seller, question, "no")
    mine.state = "disconnected"
    mine.save()
    stored(account(seller, "nueva@andina.test"), letter(subject="Secreto", message_id="a@x.test"))
    with pytest.raises(Refused):
        ask(colleague, ana, hidden.pk)
    assert AccessRequest.objects.count() == 1


def test_where_one_of_two_said_no_the_other_is_still_asked(seller, manager, colleague, ana):
    first, second = account(seller), account(manager, "jefa@andina.test")
    (message,) = stored(first, TO_BOTH)
    stored(second, TO_BOTH)
    asked = {one.account: one for one in ask(colleague, ana, message.pk)}
    answer(seller, asked[first], "no")
    assert ask(colleague, ana, message.pk) == [asked[second]]


def test_what_was_taken_back_may_be_asked_for_anew(question, seller, colleague, hidden, ana):
    AccessRequest.objects.update(told_at=timezone.now())
    answer(seller, question, "thread")
    assert state(colleague) == "granted"
    take_back(seller, Grant.objects.get())
    assert state(colleague) == "taken_back"
    (again,) = ask(colleague, ana, hidden.pk)
    assert (again.pk, again.answer, again.answered_at, again.told_at) == (question.pk, "", None, None)


def test_of_what_who_left_did_not_share_there_is_nothing_to_ask_for(hidden, seller, colleague, ana):
    seller.is_active = False
    seller.save()
    with pytest.raises(Message.DoesNotExist):
        ask(colleague, ana, hidden.pk)


def test_of_who_left_unnoticed_nobody_is_asked(hidden, seller, colleague, ana):
    type(seller).objects.filter(pk=seller.pk).update(is_active=False)  # which tells nobody
    with pytest.raises(Refused, match="Nobody who could answer"):
        ask(colleague, ana, hidden.pk)


@pytest.mark.parametrize("how", ["deactivated", "deleted", "left"])
def test_a_question_closes_by_itself_when_the_owner_leaves(how, question, seller, colleague, mine):
    if how == "deactivated":
        seller.is_active = False
        seller.save()
    elif how == "deleted":
        seller.delete()
    else:
        mine.left_at = timezone.now()
        mine.save()
    assert state(colleague) == "over"


def test_an_owner_who_comes_back_finds_the_question_open_and_has_not_said_no(question, seller, colleague):
    for here in (False, True):
        seller.is_active = here
        seller.save()
    assert state(colleague) == "open"
    assert list(open_for(seller)) == [question]


def test_a_question_about_a_message_that_was_removed_goes_with_it(question, hidden):
    hidden.locations.all().delete()
    hidden.participants.all().delete()
    Message.objects.filter(pk=hidden.pk).delete()
    assert not AccessRequest.objects.exists()


def test_nobody_is_asked_without_end(mine, colleague, ana, monkeypatch):
    monkeypatch.setattr(asking, "MOST_OPEN", 2)
    messages = stored(mine, *[letter(message_id=f"m{n}@x.test", minutes=n) for n in range(3)])
    for message in messages[:2]:
        ask(colleague, ana, message.pk)
    with pytest.raises(Refused, match="very often"):
        ask(colleague, ana, messages[2].pk)
    assert AccessRequest.objects.count() == 2
