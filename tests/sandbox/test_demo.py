"""The demo's data: the same each time, and with in it what the sandbox promises to show."""

from datetime import UTC, datetime
from email.parser import BytesHeaderParser

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command

from sandbox.crm.models import Company, Opportunity, Person, Policy
from sandbox.demo.cast import contacts
from sandbox.demo.mailboxes import demo_mail
from sandbox.demo.oddities import oddities
from sandbox.demo.strangers import strangers

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def headers(letter):
    """Headers alone: Python's parser does not survive the message of a thousand nested parts."""
    return BytesHeaderParser().parsebytes(letter.content)


@pytest.fixture(scope="module")
def letters():
    return demo_mail(NOW)


def test_the_mail_is_the_same_each_time(letters):
    assert letters == demo_mail(NOW)


def test_no_letter_is_from_the_future(letters):
    assert 400 <= len(letters) <= 800
    assert all(letter.arrived <= NOW for letter in letters)


def test_replies_join_what_they_answer(letters):
    messages = [headers(letter) for letter in letters]
    known = {message["Message-ID"] for message in messages}
    replies = [message for message in messages if message["In-Reply-To"]]
    assert len(replies) > 100
    for reply in replies:
        assert reply["In-Reply-To"] in known
        assert reply["References"].split()[-1] == reply["In-Reply-To"]


def test_both_sellers_hold_some_of_the_same_messages(letters):
    holders = {}
    for letter in letters:
        identity = headers(letter)["Message-ID"]
        holders.setdefault(identity, set()).add(letter.mailbox)
    assert sum(len(mailboxes) == 2 for mailboxes in holders.values()) > 10


def test_strangers_write_from_no_address_of_a_client():
    known = {address for contact in contacts() for address in contact.addresses}
    for letter in strangers(NOW):
        if letter.folder in {"INBOX", "Sent"} and letter.mailbox.startswith(("lucia", "marcos")):
            message = headers(letter)
            sender = message["From"].rpartition("<")[2].strip(">")
            assert sender not in known


def test_the_odd_messages_lack_what_they_should_lack():
    messages = [headers(letter) for letter in oddities(NOW)]
    assert sum(message["Message-ID"] is None for message in messages) == 1
    assert sum(message["Date"] is None for message in messages) == 1


@pytest.mark.django_db
def test_the_crm_is_filled_once():
    call_command("load_demo")
    counts = [model.objects.count() for model in (Company, Person, Opportunity, Policy)]
    assert counts[1] == len(contacts()) == 60
    assert all(counts)
    call_command("load_demo")
    assert counts == [model.objects.count() for model in (Company, Person, Opportunity, Policy)]


@pytest.mark.django_db
def test_sellers_may_work_with_records_and_connect_a_mailbox():
    call_command("load_demo")
    seller = get_user_model().objects.get(username="lucia")
    assert not seller.is_superuser
    for permission in (
        "wagtailadmin.access_admin",
        "crm.change_person",
        "crm.view_policy",
        "escala_email.connect_personal_account",
        "escala_email.view_shared_mail",
    ):
        assert seller.has_perm(permission)
    assert not seller.has_perm("auth.change_user")


@pytest.mark.django_db
def test_a_person_is_found_by_all_words_of_a_search_and_listed_once(client):
    call_command("load_demo")
    client.force_login(get_user_model().objects.get(username="lucia"))
    person = Person.objects.get(first_name="María Camila")
    assert person.other_emails.count() == 3
    answer = client.get("/admin/crm/people/", {"q": "restrepo camila example"})
    assert list(answer.context["object_list"]) == [person]
