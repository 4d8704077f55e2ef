"""The mail to who is asked: once, in their own words, and nothing of what the hidden mail says."""

from datetime import UTC, datetime

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from wagtail.users.models import UserProfile

from escala_email_plugin import tasks, worker
from escala_email_plugin.models import AccessRequest, Grant
from escala_email_plugin.privacy.access import request_mail, telling
from escala_email_plugin.privacy.access.answering import answer
from escala_email_plugin.privacy.access.asking import ask
from escala_email_plugin.privacy.access.grants import take_back
from tests.making import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def later(monkeypatch):
    """What was put off: ``[(arguments, delay)]``."""
    found = []
    monkeypatch.setattr(
        tasks.tell_of_request_again, "schedule", lambda arguments, delay: found.append((arguments, delay))
    )
    return found


def tell(question: AccessRequest) -> None:
    tasks.tell_of_request.call_local(question.pk)


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_at_once_one_tells(question):
    first, second = at_once(lambda: telling.claim(question.pk))
    assert first
    assert second is None


def test_the_owner_gets_one_mail_however_many_workers_tell(question):
    tell(question)
    tell(question)
    assert telling.untold() == []
    (sent,) = mail.outbox
    assert sent.to == ["lucia@example.test"]
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"


def test_it_says_who_asks_of_which_day_for_which_contact_with_a_link_for_each_answer(question):
    tell(question)
    text = mail.outbox[0].body
    for part in ("marcos", "It is on the page of: Ana Gómez.", "March 3, 2026"):
        assert part in text
    page = reverse("escala_email:access_answer", args=[question.pk])
    for chosen in ("message", "thread", "contact", "no"):
        assert f"{page}?answer={chosen}" in text
        assert f"{page}?answer={chosen}" in mail.outbox[0].alternatives[0][0]


def test_it_says_nothing_of_what_the_mail_says_nor_of_whom_it_was_with(question):
    tell(question)
    (sent,) = mail.outbox
    whole = sent.subject + sent.body + sent.alternatives[0][0]
    for part in ("Secreto", "Hola", "ana@cliente.test", "@cliente.test"):
        assert part not in whole


def test_a_contact_that_goes_by_an_address_is_not_named(question, ana):
    ana.first_name, ana.last_name = "ana@cliente.test", ""
    ana.save()
    tell(question)
    assert "ana@cliente.test" not in mail.outbox[0].body + mail.outbox[0].alternatives[0][0]


def test_the_contact_is_named_only_to_who_may_see_it(question, mine, outsider):
    mine.owner = outsider
    mine.save()
    tell(question)
    (sent,) = mail.outbox
    assert sent.to == ["nadie@example.test"]
    assert "Ana" not in sent.body
    assert "answer=contact" not in sent.body


def test_it_is_in_the_owners_language_and_time(question, seller, hidden):
    UserProfile.objects.create(
        user=seller, preferred_language="es", current_time_zone="America/Argentina/Buenos_Aires"
    )
    type(hidden).objects.filter(pk=hidden.pk).update(sent_at=datetime(2026, 3, 4, 1, 0, tzinfo=UTC))
    tell(question)
    assert "3 de marzo de 2026" in mail.outbox[0].body.lower()


def test_a_name_is_text_and_stays_in_its_header(question, colleague):
    colleague.first_name = "<b>x</b>\nBcc: eve@otra.test"
    colleague.save()
    tell(question)
    (sent,) = mail.outbox
    assert "\n" not in sent.subject
    assert "<b>x</b>" not in sent.alternatives[0][0]
    assert "<b>x</b>" in sent.body


def test_an_owner_without_an_address_is_told_in_the_mailbox_itself(question, seller):
    seller.email = ""
    seller.save()
    tell(question)
    assert mail.outbox[0].to == ["lucia@andina.test"]


def test_a_site_that_does_not_know_its_address_says_where_to_look(question, settings):
    del settings.WAGTAILADMIN_BASE_URL
    tell(question)
    assert "http" not in mail.outbox[0].body
    assert "in the menu" in mail.outbox[0].body


@pytest.mark.parametrize("who", ["seller", "colleague"])
def test_nobody_is_told_once_one_of_the_two_has_left(who, question, request):
    user = request.getfixturevalue(who)
    told_at = telling.claim(question.pk)
    user.is_active = False
    user.save()
    assert telling.tell(question.pk, told_at)
    AccessRequest.objects.update(told_at=None)
    assert telling.untold() == []
    tell(question)
    assert mail.outbox == []


def test_what_was_answered_meanwhile_is_not_told(question, seller):
    told_at = telling.claim(question.pk)
    answer(seller, question, "no")
    assert telling.tell(question.pk, told_at)
    assert mail.outbox == []


def test_a_question_that_is_asked_anew_is_told_anew(question, seller, colleague, hidden, ana):
    tell(question)
    answer(seller, question, "message")
    take_back(seller, Grant.objects.get())
    ask(colleague, ana, hidden.pk)
    tell(question)
    assert len(mail.outbox) == 2


def test_a_mail_that_failed_is_sent_later(question, later, monkeypatch, caplog):
    def down(*_arguments):
        raise OSError("ana@cliente.test")

    with monkeypatch.context() as patch:
        patch.setattr(request_mail, "send", down)
        tell(question)
    assert mail.outbox == []
    ((arguments, delay),) = later
    assert delay == 300
    assert "ana@cliente.test" not in caplog.text
    tasks.tell_of_request_again.call_local(*arguments)
    assert len(mail.outbox) == 1


def test_a_mail_that_never_succeeds_is_given_up(question, later, monkeypatch):
    def down(*_arguments):
        raise OSError

    monkeypatch.setattr(request_mail, "send", down)
    tell(question)
    seen = 0
    while seen < len(later) < 20:
        seen = len(later)
        tasks.tell_of_request_again.call_local(*later[-1][0])
    assert len(later) == 7


def test_a_question_orders_its_mail_where_a_worker_runs(
    hidden, colleague, ana, monkeypatch, django_capture_on_commit_callbacks
):
    ordered = []
    monkeypatch.setattr(tasks, "tell_of_request", ordered.append)
    monkeypatch.setattr(worker, "_takes_orders", lambda: True)
    with django_capture_on_commit_callbacks(execute=True):
        (question,) = ask(colleague, ana, hidden.pk)
        ask(colleague, ana, hidden.pk)
    assert ordered == [question.pk]


def test_what_nobody_ordered_is_found_within_minutes(question, monkeypatch):
    ordered = []
    monkeypatch.setattr(tasks, "tell_of_request", ordered.append)
    tasks.tell_of_requests_left_over.call_local()
    assert ordered == [question.pk]


def test_without_a_worker_the_command_tells(question, mine):
    mine.mode = "off"  # its server is none
    mine.save()
    call_command("escala_email", "sync", verbosity=0)
    assert len(mail.outbox) == 1
