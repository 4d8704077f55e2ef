"""What somebody granted, and taking it back."""

import pytest

from escala_email_plugin.models import Grant, Message
from escala_email_plugin.privacy.access.answering import answer
from escala_email_plugin.privacy.access.asking import ask
from escala_email_plugin.privacy.access.grants import granted_by, of, take_back, take_back_all
from sandbox.crm.models import PersonEmail
from tests.making import letter, stored

pytestmark = pytest.mark.django_db


def test_what_is_taken_back_is_hidden_again_the_past_too(question, seller, colleague, readable):
    answer(seller, question, "thread")
    assert take_back(seller, Grant.objects.get())
    assert readable(colleague) == set()
    assert granted_by(seller) == []


def test_taking_back_twice_does_nothing(question, seller):
    answer(seller, question, "thread")
    grant = Grant.objects.get()
    assert take_back(seller, grant)
    assert not take_back(seller, grant)


def test_what_was_granted_with_one_answer_is_one_line_and_goes_together(question, seller, colleague, ana):
    PersonEmail.objects.create(person=ana, address="ana@casa.test")
    answer(seller, question, "contact")
    (line,) = granted_by(seller)
    assert line.user == colleague
    assert set(line.addresses.values()) == {"ana@cliente.test", "ana@casa.test"}
    assert take_back(seller, Grant.objects.get(pk=line.grant_id))
    assert not Grant.objects.exists()


def test_the_other_answers_stay(question, seller, colleague, ana, readable):
    other = Message.objects.get(subject="Otra cosa")
    (second,) = ask(colleague, ana, other.pk)
    answer(seller, question, "message")
    answer(seller, second, "message")
    take_back(seller, Grant.objects.get(message=other))
    assert readable(colleague) == {"Secreto"}


def test_all_of_one_colleagues_is_taken_back_at_once_and_nobody_elses(
    question, seller, colleague, administrator, mine, hidden, ana, readable
):
    other = Message.objects.get(subject="Otra cosa")
    (second,) = ask(colleague, ana, other.pk)
    answer(seller, question, "message")
    answer(seller, second, "message")
    Grant.objects.create(account=mine, user=administrator, message=hidden)
    assert take_back_all(seller, colleague.pk)
    assert (readable(colleague), readable(administrator)) == (set(), {"Secreto"})
    assert not take_back_all(seller, colleague.pk)


@pytest.mark.parametrize("act", [take_back, lambda user, grant: take_back_all(user, grant.user_id)])
def test_nobody_takes_back_what_somebody_else_granted(act, question, seller, colleague, administrator):
    answer(seller, question, "thread")
    grant = Grant.objects.get()
    assert not act(colleague, grant)
    assert not act(administrator, grant)
    assert Grant.objects.count() == 1
    assert list(of(administrator)) == []


def test_what_was_granted_without_a_question_goes_by_itself(mine, hidden, seller, colleague):
    other = Message.objects.get(subject="Otra cosa")
    one = Grant.objects.create(account=mine, user=colleague, message=hidden)
    Grant.objects.create(account=mine, user=colleague, message=other)
    assert len(granted_by(seller)) == 2
    take_back(seller, one)
    assert Grant.objects.get().message == other


def test_to_who_has_left_it_is_of_no_effect_and_stays_in_the_list(question, seller, colleague, readable):
    answer(seller, question, "thread")
    colleague.is_active = False
    colleague.save()
    assert readable(colleague) == set()
    assert [line.user.is_active for line in granted_by(seller)] == [False]


def test_with_a_user_who_is_deleted_it_goes(question, seller, colleague):
    answer(seller, question, "thread")
    colleague.delete()
    assert granted_by(seller) == []


def test_a_conversation_that_was_narrowed_stays_one_line(question, seller, colleague, mine):
    answer(seller, question, "thread")
    joins = letter(
        subject="Une", message_id="j@x.test", reply_to="a@x.test", references=["c@x.test"], minutes=60
    )
    stored(mine, joins)
    (line,) = granted_by(seller)
    assert len(line.messages) == 2
    assert take_back(seller, Grant.objects.get(pk=line.grant_id))
    assert granted_by(seller) == []
