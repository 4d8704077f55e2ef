"""Answer a question: who may, what it opens, and what becomes of an earlier answer."""

import pytest

from escala_email_plugin.models import AccessRequest, Grant, Message, Thread
from escala_email_plugin.privacy.access.answering import addresses_of, answer, open_for
from escala_email_plugin.privacy.access.asking import ask
from escala_email_plugin.privacy.access.refused import Refused
from sandbox.crm.models import PersonEmail
from tests.making import account, at_once, letter, stored

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ("message", {"Secreto"}),
        ("thread", {"Secreto", "Respuesta"}),
        ("contact", {"Secreto", "Respuesta", "Otra cosa"}),
        ("no", set()),
    ],
)
def test_an_answer_opens_what_it_says_and_to_nobody_else(
    chosen, shown, question, seller, colleague, administrator, readable
):
    assert answer(seller, question, chosen)
    assert readable(colleague) == shown
    assert readable(administrator) == set()
    question.refresh_from_db()
    assert (question.answer, question.answered_at is None) == (chosen, False)
    assert list(open_for(seller)) == []


def test_what_follows_in_a_granted_conversation_is_granted_with_it(
    question, mine, seller, colleague, readable
):
    answer(seller, question, "thread")
    stored(mine, letter(subject="Después", message_id="z@x.test", reply_to="b@x.test", minutes=50))
    assert "Después" in readable(colleague)


@pytest.mark.parametrize(("first", "then"), [("contact", "message"), ("thread", "no"), ("no", "thread")])
def test_the_last_answer_replaces_the_one_before(first, then, question, seller, colleague, readable):
    shown = {"message": {"Secreto"}, "thread": {"Secreto", "Respuesta"}, "no": set()}
    answer(seller, question, first)
    assert answer(seller, question, then)
    assert readable(colleague) == shown[then]


def test_the_same_answer_twice_is_one(question, seller):
    assert answer(seller, question, "thread")
    before = list(Grant.objects.values()), AccessRequest.objects.values().get()
    assert not answer(seller, question, "thread")
    assert (list(Grant.objects.values()), AccessRequest.objects.values().get()) == before


@pytest.mark.django_db(transaction=True)
def test_of_two_tabs_at_once_the_later_counts(question, seller):
    answers = iter(["thread", "message"])
    at_once(lambda: answer(seller, question, next(answers)))
    question.refresh_from_db()
    granted = Grant.objects.get()
    assert question.answer == ("thread" if granted.thread_id else "message")


@pytest.mark.parametrize("who", ["colleague", "administrator"])
def test_a_question_is_nobody_elses_to_answer(who, request, question, readable, colleague):
    with pytest.raises(AccessRequest.DoesNotExist):
        answer(request.getfixturevalue(who), question, "contact")
    assert readable(colleague) == set()


def test_whoever_the_mailbox_belongs_to_now_decides(question, mine, seller, manager, colleague, readable):
    mine.owner = manager
    mine.save()
    with pytest.raises(AccessRequest.DoesNotExist):
        answer(seller, question, "message")
    assert answer(manager, question, "message")
    assert readable(colleague) == {"Secreto"}


def test_a_mailbox_that_is_being_deleted_is_answered_for_by_nobody(question, mine, seller):
    from escala_email_plugin.sync import erase

    erase.order(mine)
    assert list(open_for(seller)) == []
    with pytest.raises(AccessRequest.DoesNotExist):
        answer(seller, question, "message")


def test_who_asked_and_left_is_granted_nothing(question, seller, colleague):
    colleague.is_active = False
    colleague.save()
    assert list(open_for(seller)) == []
    with pytest.raises(Refused, match="not here any more"):
        answer(seller, question, "thread")
    assert not Grant.objects.exists()


def test_an_answer_that_there_is_not_is_none(question, seller):
    with pytest.raises(ValueError, match="not a valid"):
        answer(seller, question, "all")
    assert not Grant.objects.exists()


def test_a_contact_is_granted_only_by_who_may_see_it(question, mine, colleague, outsider, readable):
    mine.owner = outsider
    mine.save()
    with pytest.raises(Refused, match="may not see this contact"):
        answer(outsider, question, "contact")
    assert answer(outsider, question, "thread")
    assert readable(colleague) == {"Secreto", "Respuesta"}


def test_a_contact_that_was_deleted_is_not_granted(question, seller, ana):
    ana.delete()
    with pytest.raises(Refused, match="may not see this contact"):
        answer(seller, question, "contact")


def test_who_edits_the_contact_later_does_not_widen_what_was_granted(
    question, mine, seller, colleague, ana, readable
):
    answer(seller, question, "contact")
    stored(mine, letter("Banco <banco@banco.test>", subject="Privado", minutes=70))
    PersonEmail.objects.create(person=ana, address="banco@banco.test")
    assert "Privado" not in readable(colleague)


def test_who_edits_the_contact_before_the_answer_widens_nothing_either(
    question, mine, seller, colleague, ana, readable
):
    shown = list(addresses_of(question).values_list("pk", flat=True))
    stored(mine, letter("Banco <banco@banco.test>", subject="Privado", minutes=70))
    PersonEmail.objects.create(person=ana, address="banco@banco.test")
    answer(seller, question, "contact", shown)
    assert "Secreto" in readable(colleague)
    assert "Privado" not in readable(colleague)


def test_a_contact_that_has_none_of_the_addresses_any_more_is_looked_at_again(question, seller, ana):
    shown = list(addresses_of(question).values_list("pk", flat=True))
    ana.email = "otra@cliente.test"
    ana.save()
    with pytest.raises(Refused, match="Look again"):
        answer(seller, question, "contact", shown)
    assert not Grant.objects.exists()


def test_a_contact_with_the_owners_own_address_in_it_does_not_open_the_whole_mailbox(
    question, mine, seller, colleague, ana, readable
):
    PersonEmail.objects.create(person=ana, address="lucia@andina.test")
    stored(mine, letter("Berta <b@otra.test>", subject="De Berta", minutes=70))
    answer(seller, question, "contact")
    assert readable(colleague) == {"Secreto", "Respuesta", "Otra cosa"}


def test_what_is_granted_holds_for_all_mailboxes_of_the_owner(question, seller, colleague, mine, readable):
    mine.state = "disconnected"
    mine.save()
    other = account(seller, "nueva@andina.test")
    stored(other, letter(to="nueva@andina.test", subject="En la nueva", minutes=30))
    answer(seller, question, "contact")
    assert "En la nueva" in readable(colleague)


def test_a_later_question_takes_over_what_an_earlier_one_granted(
    question, hidden, mine, seller, colleague, ana, readable
):
    reply = Message.objects.get(subject="Respuesta")
    second = AccessRequest.objects.create(
        asker=colleague, account=mine, message=reply, record=ana, asked_at=question.asked_at
    )
    answer(seller, question, "thread")
    answer(seller, second, "thread")
    assert Grant.objects.count() == 1
    answer(seller, second, "no")
    assert readable(colleague) == set()


def test_a_question_about_a_message_that_is_gone_is_nobodys(question, seller, hidden):
    hidden.locations.all().delete()
    hidden.participants.all().delete()
    Message.objects.filter(pk=hidden.pk).delete()
    with pytest.raises(AccessRequest.DoesNotExist):
        answer(seller, question, "thread")


#: With it the two conversations of ``hidden`` are one.
JOINS = letter(subject="Une", message_id="j@x.test", reply_to="a@x.test", references=["c@x.test"], minutes=60)


def test_a_conversation_that_joined_another_is_granted_as_it_is_now(
    question, mine, seller, colleague, readable
):
    stored(mine, JOINS)
    assert Thread.objects.count() == 1
    answer(seller, question, "thread")
    assert readable(colleague) == {"Secreto", "Respuesta", "Otra cosa", "Une"}


def test_a_conversation_that_is_joined_afterwards_opens_no_more_than_was_granted(
    question, mine, seller, colleague, readable
):
    answer(seller, question, "thread")
    stored(mine, JOINS)
    assert Thread.objects.count() == 1
    assert readable(colleague) == {"Secreto", "Respuesta"}


@pytest.mark.django_db(transaction=True)
def test_a_sync_that_joins_the_conversation_waits_for_the_answer_and_settles_it(
    question, mine, seller, colleague, readable
):
    acts = iter([lambda: answer(seller, question, "thread"), lambda: stored(mine, JOINS)])
    at_once(lambda: next(acts)())
    assert Thread.objects.count() == 1
    assert readable(colleague) == {"Secreto", "Respuesta"}


@pytest.mark.django_db(transaction=True)
def test_an_answer_waits_for_the_sync_that_joins_the_conversation(mine, hidden, seller, colleague, ana):
    other = Message.objects.get(subject="Otra cosa")
    (question,) = ask(colleague, ana, other.pk)
    acts = iter([lambda: stored(mine, JOINS), lambda: answer(seller, question, "thread")])
    at_once(lambda: next(acts)())
    assert Grant.objects.get().thread == Thread.objects.get()
