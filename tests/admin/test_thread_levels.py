"""In an opened conversation its owner says what colleagues see of it."""

import pytest
from django.urls import reverse
from wagtail.models import ModelLogEntry

from escala_email_plugin.models import ThreadLevel
from escala_email_plugin.visibility import Level
from tests.admin.timelines import lines, text
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(seller):
    return account(seller)


@pytest.fixture
def message(mine):
    return stored(mine, letter(subject="Póliza", text="Muy reservado\n"))[0]


@pytest.fixture
def decide(client, ana):
    def decide(user, thread, level):
        client.force_login(user)
        url = reverse("escala_email:thread_level", args=["crm", "person", ana.pk, thread])
        return client.post(url, {"level": str(level)})

    return decide


def test_who_holds_it_chooses_and_others_have_no_choice(mine, message, seller, colleague, look):
    mine.shares = True
    mine.save()
    assert "What my team sees of this conversation" in text(look(seller, "thread", message.thread_id))
    assert "As my mailbox (now: Everything)" in text(look(seller, "thread", message.thread_id))
    assert "What my team sees" not in text(look(colleague, "thread", message.thread_id))


def test_what_is_chosen_acts_at_once_and_is_said(message, seller, colleague, look, decide):
    assert lines(look(colleague)) == ["lucia"]
    answer = text(decide(seller, message.thread_id, Level.SUBJECT))
    assert "Your team sees subject and people of this conversation." in answer
    assert "Shared in part" in answer
    assert lines(look(colleague)) == ["Póliza"]
    assert "Muy reservado" not in text(look(colleague, "thread", message.thread_id))
    decide(seller, message.thread_id, Level.EVERYTHING)
    assert "Muy reservado" in text(look(colleague, "thread", message.thread_id))
    assert look(seller, "thread", message.thread_id).context["control"].chosen == "3"
    assert "Your team sees nothing" in text(decide(seller, message.thread_id, ""))
    assert not ThreadLevel.objects.exists()


def test_it_counts_in_every_mailbox_its_owner_has_or_had(seller, mine, message, decide):
    mine.state = "disconnected"
    mine.save()
    new = account(seller, "nueva@andina.test")
    stored(new, letter(subject="Póliza", text="Muy reservado\n"))
    decide(seller, message.thread_id, Level.PEOPLE)
    assert set(ThreadLevel.objects.values_list("account", "level")) == {(mine.pk, 1), (new.pk, 1)}


@pytest.mark.parametrize("who", ["colleague", "administrator"])
def test_who_does_not_hold_it_decides_nothing(request, mine, message, decide, who):
    mine.shares = True
    mine.save()
    assert decide(request.getfixturevalue(who), message.thread_id, Level.NOTHING).status_code == 404
    assert not ThreadLevel.objects.exists()


def test_the_shared_mailbox_is_no_persons_to_decide_about(seller, decide, look):
    (message,) = stored(account(None, "ventas@andina.test"), letter(to="ventas@andina.test"))
    assert look(seller, "thread", message.thread_id).context["control"] is None
    assert decide(seller, message.thread_id, Level.NOTHING).status_code == 404


@pytest.mark.parametrize("level", ["4", "-1", "x", "1.0", "9" * 40])
def test_what_is_no_level_is_refused(message, seller, decide, level):
    assert decide(seller, message.thread_id, level).status_code == 400
    assert not ThreadLevel.objects.exists()


def test_a_thread_with_a_number_no_database_has_is_not_found(message, seller, decide):
    assert decide(seller, 10**30, Level.PEOPLE).status_code == 404


def test_the_log_tells_that_it_was_done_and_not_of_what(message, seller, decide):
    decide(seller, message.thread_id, Level.EVERYTHING)
    (entry,) = ModelLogEntry.objects.filter(action="escala_email.thread_level")
    assert entry.user == seller
    for secret in ("Póliza", "ana@", "lucia@"):
        assert secret not in f"{entry.label} {entry.data} {entry.message}"
