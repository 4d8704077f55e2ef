"""The demo's data: the same each time, and with in it what the sandbox promises to show."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from email.parser import BytesHeaderParser, BytesParser
from email.policy import SMTP
from email.utils import parsedate_to_datetime

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command

from escala_email_plugin.mail.calendar import read
from escala_email_plugin.mail.parse import Unreadable, parse
from escala_email_plugin.mail.reports import read_report
from sandbox.accounts import LUCIA
from sandbox.crm.models import Company, Opportunity, Person, Policy
from sandbox.demo.busy import busy
from sandbox.demo.cast import contacts
from sandbox.demo.claim_es import CLAIM
from sandbox.demo.compose import Draft, introduction, plain, trimmed
from sandbox.demo.correspondence import correspondence
from sandbox.demo.hours import last_worked, next_worked, worked
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


def test_one_client_has_more_conversations_than_a_page_and_a_thread_longer_than_one():
    # Whatever the hour of the first start: weekends, nights.
    for hours in range(0, 7 * 24, 31):
        now = NOW + timedelta(hours=hours)
        threads = Counter()
        for letter in busy(now):
            message = headers(letter)
            if letter.mailbox == LUCIA.address:
                threads[(message["References"] or message["Message-ID"]).split()[0]] += 1
        assert len(threads) >= 30
        assert max(threads.values()) == len(CLAIM.steps) == 40


def test_clients_and_sellers_write_in_office_hours():
    for letter in [*correspondence(NOW), *busy(NOW), *oddities(NOW)]:
        sent = parsedate_to_datetime(headers(letter)["Date"]) if headers(letter)["Date"] else letter.arrived
        assert worked(sent), letter.arrived


def test_nobody_wishes_a_good_morning_in_the_afternoon():
    for letter in busy(NOW):
        hour = parsedate_to_datetime(headers(letter)["Date"]).hour
        message = BytesParser(policy=SMTP).parsebytes(letter.content)
        greeting = message.get_body("plain").get_content().partition("\n")[0]
        assert not greeting.startswith("Buenos días" if hour >= 12 else "Buenas tardes")


def test_what_falls_outside_office_hours_moves_into_them():
    for hours in range(0, 10 * 24, 5):
        moment = NOW + timedelta(hours=hours)
        assert worked(last_worked(moment))
        assert worked(next_worked(moment))
        assert last_worked(moment) <= moment <= next_worked(moment)


def test_a_quote_names_the_time_of_bogota():
    first = Draft(
        ("Ana", "ana@a.test"), [], "Hola", "Uno", datetime(2026, 3, 2, 1, 30, tzinfo=UTC), "1@a.test"
    )
    assert introduction(first._replace(quoted=first)) == "El 01/03/2026 a las 20:30, Ana escribió:"


def test_a_long_thread_does_not_quote_all_of_itself():
    draft = None
    for number in range(1, 10):
        sent = NOW + timedelta(hours=number)
        draft = Draft(
            ("Ana", "ana@a.test"), [], "", f"Texto {number}.", sent, f"{number}@a.test", quoted=draft
        )
    kept = plain(trimmed(draft, 3))
    assert [number for number in range(1, 10) if f"Texto {number}." in kept] == [7, 8, 9]


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


def test_an_invitation_and_a_report_are_among_them():
    attachments = [one for letter in oddities(NOW) for one in parsed(letter)]
    calendars = [one for one in attachments if one.content_type == "text/calendar"]
    assert read(b"".join(calendars[0].chunks())).summary == "Revisión de la póliza de vehículos"
    reports = [read_report(one.content_type, b"".join(one.chunks())) for one in attachments]
    assert [one.action for one in reports if one] == ["failed"]


def parsed(letter):
    """The attachments of a message; none of one that cannot be read."""
    try:
        return parse(letter.content, NOW).attachments
    except Unreadable:
        return ()


@pytest.mark.django_db
def test_the_crm_is_filled_once():
    call_command("prepare", verbosity=0)
    counts = [model.objects.count() for model in (Company, Person, Opportunity, Policy)]
    assert counts[1] == len(contacts()) == 60
    assert all(counts)
    call_command("prepare", verbosity=0)
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
        "escala_email.view_team_mail",
    ):
        assert seller.has_perm(permission)
    assert not seller.has_perm("auth.change_user")
    assert not seller.has_perm("escala_email.erase_person")


@pytest.mark.django_db
def test_a_person_is_found_by_all_words_of_a_search_and_listed_once(client):
    call_command("load_demo")
    client.force_login(get_user_model().objects.get(username="lucia"))
    person = Person.objects.get(first_name="María Camila")
    assert person.other_emails.count() == 3
    answer = client.get("/admin/crm/people/", {"q": "restrepo camila example"})
    assert list(answer.context["object_list"]) == [person]
