"""“Who sees it” on the page of a mailbox."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.urls import reverse
from wagtail.models import ModelLogEntry
from wagtail.users.models import UserProfile

from escala_email_plugin.models import EmailAccount, Grant, Thread, ThreadLevel
from escala_email_plugin.visibility import Level
from sandbox.crm.models import Person
from tests.making import account, at, letter, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(seller):
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    mine = account(seller)
    stored(mine, letter())
    return mine


@pytest.fixture
def page(client, seller):
    """page(kind="personal") -> the section’s words, or ""."""
    client.force_login(seller)

    def read(kind="personal") -> str:
        soup = BeautifulSoup(client.get(at("account", kind=kind)).content, "html.parser")
        section = soup.select_one("#escala-sharing-section, #escala-sharing")
        return " ".join(section.text.split()) if section else ""

    return read


def choose(client, **values):
    return client.post(at("sharing"), values, follow=True)


def test_before_anybody_shares_the_page_says_what_would_become_visible_to_how_many(page, mine, colleague):
    text = page()
    assert "Sharing makes 1 conversation on record pages visible to 1 colleague, past ones too." in text
    assert "colleagues see a grey line with your name and the day" in text


def test_how_many_that_is_is_asked_again_as_mail_comes(client, ana, seller, colleague, page):
    mine = account(seller)
    stored(mine, letter(sender="otra@x.test"))  # of nobody whom a record knows
    assert "No conversation is on a record page yet." in page()
    stored(mine, letter())
    asked = BeautifulSoup(client.get(at("account")).content, "html.parser").select_one(
        "#escala-sharing-section"
    )
    moving = asked.select_one("[data-controller=escala-poll]")["data-escala-poll-src-value"]
    assert "1 conversation on record pages" in client.get(moving).content.decode()


def test_each_level_says_what_a_colleague_sees(page, mine):
    text = page()
    for words in (
        "colleagues read the messages and open their attachments",
        "not what the message says",
        "Not the subject either",
        "as without sharing",
    ):
        assert words in text


def test_what_was_chosen_is_kept_shown_and_logged_without_anybodys_address(client, page, mine, colleague):
    answer = choose(client, shares="on", level="2")
    assert "Your mail is shared with your team, also of the past." in answer.content.decode()
    mine.refresh_from_db()
    assert (mine.shares, mine.level) == (True, Level.SUBJECT)
    assert "Visible to 1 colleague: 1 conversation on record pages, past ones too." in page()
    (entry,) = ModelLogEntry.objects.filter(action="escala_email.share")
    assert (entry.label, entry.data) == ("Personal mailbox", {"kind": "personal", "level": "subject"})
    choose(client, level="2")
    mine.refresh_from_db()
    assert not mine.shares
    assert ModelLogEntry.objects.filter(action="escala_email.unshare").count() == 1


def test_what_changes_nothing_for_colleagues_is_not_logged(client, page, mine):
    choose(client, level="1")
    choose(client, shares="on", level="0")
    assert not ModelLogEntry.objects.exists()


@pytest.mark.parametrize("is_of_before", [False, True])
def test_the_switch_is_off_where_nothing_is_shared(client, page, mine, is_of_before):
    choose(client, shares="on", level="0")
    EmailAccount.objects.update(shares=is_of_before)  # as it was saved once
    soup = BeautifulSoup(client.get(at("account")).content, "html.parser")
    assert not soup.select_one("input[name=shares]").has_attr("checked")
    assert soup.select_one("input[name=level][value='0']").has_attr("checked")


def test_who_stops_sharing_is_told_that_what_was_decided_apart_stays(client, page, mine, colleague):
    stays = "What you decided for single conversations and granted to colleagues stays."
    thread = Thread.objects.get()
    assert stays not in choose(client, level="3").content.decode()
    decided = ThreadLevel.objects.create(account=mine, thread=thread, level=Level.NOTHING)
    assert stays not in choose(client, level="3").content.decode()
    ThreadLevel.objects.update(level=Level.PEOPLE)
    assert stays in choose(client, level="3").content.decode()
    assert stays not in choose(client, shares="on", level="3").content.decode()
    decided.delete()
    Grant.objects.create(account=mine, user=colleague, thread=thread)
    assert stays in choose(client, level="3").content.decode()


@pytest.mark.parametrize("level", ["", "4", "-1", "x", "3.5", "99999999999999999999"])
def test_a_level_that_is_none_shares_nothing(client, page, mine, level):
    answer = choose(client, shares="on", level=level)
    assert "Choose what colleagues see." in answer.content.decode()
    mine.refresh_from_db()
    assert not mine.shares


def test_mail_of_a_mailbox_of_before_is_decided_about_while_none_is_connected(client, page, seller):
    account(seller, state="disconnected")
    assert "Share with my team" in page()
    choose(client, shares="on", level="3")
    assert EmailAccount.objects.get().shares


def test_mail_that_was_only_captured_is_decided_about_too(client, page, seller):
    account(seller, state="disconnected", mode="partial", imap_host="")
    assert "Share with my team" in page()


def test_who_may_not_connect_any_more_decides_about_what_is_here(client, seller, mine):
    seller.user_permissions.remove(Permission.objects.get(codename="connect_personal_account"))
    client.force_login(seller)
    choose(client, shares="on", level="3")
    mine.refresh_from_db()
    assert mine.shares


def test_where_there_is_nothing_there_is_nothing_to_decide(client, page, seller):
    assert page() == ""
    assert client.post(at("sharing"), {"level": "3"}).status_code == 404


def test_of_the_shared_mailbox_the_page_says_who_reads_it(client, page, manager, seller, colleague):
    account(None, "ventas@andina.test")
    client.force_login(manager)
    text = page("shared")
    assert "“Can read the mail of the shared mailbox”" in text
    assert "Those are 2 people now." in text
    assert "Share with my team" not in text


def test_the_marketing_mailbox_is_read_by_nobody(client, page, manager):
    account(None, "noticias@andina.test", kind="marketing", mode="off")
    client.force_login(manager)
    assert "Nobody." in page("marketing")


def test_nobody_shares_the_mailbox_of_all(client, manager):
    common = account(None, "ventas@andina.test")
    client.force_login(manager)
    assert client.post(at("sharing", kind="shared"), {"shares": "on", "level": "3"}).status_code == 404
    common.refresh_from_db()
    assert not common.shares


def test_the_promise_on_the_page_is_no_longer_that_only_the_owner_sees_it(client, seller, mine):
    UserProfile.objects.create(user=seller, preferred_language="en")
    client.force_login(seller)
    words = client.get(reverse("escala_email:account", args=["personal"])).content.decode()
    assert "your colleagues as much as you share with them" in words
