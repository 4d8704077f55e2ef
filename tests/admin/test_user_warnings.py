"""On Wagtail's own pages about a user: what becomes of their mailbox if they leave, before they do."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse
from wagtail.models import ModelLogEntry

from escala_email_plugin.admin import user_warnings
from escala_email_plugin.models import EmailAccount, Message, Policy
from escala_email_plugin.privacy import leaving
from escala_email_plugin.privacy.access.asking import ask, asked_by, state_of
from sandbox.crm.models import Person
from tests.admin.signing_in import told
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db

PAGES = ["edit", "delete"]


@pytest.fixture
def mine(seller):
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    mine = account(seller)
    stored(mine, letter(subject="Un secreto"))
    return mine


@pytest.fixture
def boss(client, administrator):
    client.force_login(administrator)
    return client


@pytest.fixture
def clerk(outsider):
    """Somebody who manages users and decides nothing about mail."""
    names = ("change_user", "delete_user")
    outsider.user_permissions.add(*Permission.objects.filter(codename__in=names))
    return outsider


def of(name, user, **query):
    return reverse(f"wagtailusers_users:{name}", args=[user.pk])


@pytest.mark.parametrize("name", PAGES)
def test_an_administrator_reads_what_will_happen_before_it_does(boss, mine, seller, name):
    response = boss.get(of(name, seller))
    (sentence, *_more) = told(response)
    assert "If lucia is deactivated or deleted:" in sentence
    assert "The mailbox lucia@andina.test is disconnected at once" in sentence
    assert "1 message of theirs is here, 0 of them shared with the team." in sentence
    assert "1 message that nobody else has is removed" in sentence
    text = response.content.decode()
    assert reverse("escala_email:policy") in text
    for secret in ("Un secreto", "ana@cliente.test"):
        assert secret not in text


@pytest.mark.parametrize("name", PAGES)
def test_who_manages_users_only_reads_that_there_is_something_and_no_number(
    client, clerk, mine, seller, name
):
    client.force_login(clerk)
    (sentence,) = told(client.get(of(name, seller)))
    assert "has a mailbox or a capture address here" in sentence
    assert "message" not in sentence
    assert "lucia@andina.test" not in sentence


@pytest.mark.parametrize("name", PAGES)
def test_of_who_has_nothing_nothing_is_said(boss, colleague, name):
    assert told(boss.get(of(name, colleague))) == []


def test_what_goes_wrong_with_us_keeps_nobody_from_the_page(boss, mine, seller, monkeypatch):
    monkeypatch.setattr(user_warnings, "forecast", lambda user: 1 / 0)
    assert boss.get(of("edit", seller)).status_code == 200


def test_deleted_on_wagtails_page_the_rule_acts_and_the_log_names_who_did_it(
    boss, mine, seller, administrator
):
    assert boss.post(of("delete", seller)).status_code == 302
    mine.refresh_from_db()
    assert (mine.state, mine.secret, mine.left_rule, mine.former_owner) == (
        "disconnected",
        "",
        "keep",
        "lucia",
    )
    assert ModelLogEntry.objects.get(action="escala_email.owner_left").user == administrator


def in_bulk(client, action, users, **data):
    url = reverse("wagtail_bulk_action", args=["auth", "user", action])
    ids = "&".join(f"id={one.pk}" for one in users)
    return client.post(f"{url}?{ids}", data)


def test_switched_off_and_on_together_they_follow_at_once(boss, mine, seller, colleague, administrator):
    theirs = account(colleague, "marcos@andina.test")
    assert in_bulk(boss, "set_active_state", [seller, colleague], mark_as_active="False").status_code == 302
    for one in (mine, theirs):
        one.refresh_from_db()
        assert (one.state, one.left_rule) == ("disconnected", "keep")
    assert {one.user for one in ModelLogEntry.objects.filter(action="escala_email.owner_left")} == {
        administrator
    }
    in_bulk(boss, "set_active_state", [seller], mark_as_active="True")
    mine.refresh_from_db()
    assert (mine.left_at, mine.left_rule) == (None, "")


def test_deleted_together_they_follow_too(boss, mine, seller, colleague):
    Policy.objects.create(pk=1, leaver_rule="purge")
    assert in_bulk(boss, "delete", [seller, colleague]).status_code == 302
    assert not get_user_model().objects.filter(pk=seller.pk).exists()
    assert EmailAccount.objects.get().left_rule == "purge"


def test_what_goes_wrong_with_us_does_not_undo_what_was_done_to_the_users(boss, mine, seller, monkeypatch):
    def fail():
        EmailAccount.objects.get(pk=0)

    monkeypatch.setattr(user_warnings, "mend", fail)
    assert in_bulk(boss, "set_active_state", [seller], mark_as_active="False").status_code == 302
    assert not get_user_model().objects.get(pk=seller.pk).is_active
    leaving.mend()
    mine.refresh_from_db()
    assert mine.left_rule == "keep"


def test_what_is_said_of_open_questions_comes_true(boss, mine, seller, colleague):
    ana = Person.objects.get()
    ask(colleague, ana, Message.objects.get().pk)
    assert "1 open question to see mail is closed." in told(boss.get(of("edit", seller)))[0]
    leaving.left(seller)
    (question,) = asked_by(colleague)
    assert (question.answer, state_of(question)) == ("", "over")
