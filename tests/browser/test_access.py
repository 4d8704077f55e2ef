"""From the grey line to the conversation and back: one asks, another answers, and takes it back."""

import re

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import expect

from sandbox.crm.models import Person
from tests.browser.test_first_sync import log_in
from tests.making import account, letter, stored

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ana(seller):
    """A contact with two conversations of the seller's, neither shared."""
    person = Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    stored(
        account(seller),
        letter(subject="Primera", message_id="a@x.test"),
        letter(subject="Segunda", message_id="c@x.test", minutes=9),
        letter(subject="Re: Segunda", message_id="d@x.test", reply_to="c@x.test", minutes=12),
    )
    return person


@pytest.fixture
def theirs(page, browser, site, colleague, seller):
    """A window of the colleague's; ``page`` is the seller's."""
    context = browser.new_context(locale="en-GB")
    window = context.new_page()
    log_in(window, site, "marcos")
    log_in(page, site, "lucia")
    yield window
    context.close()


def open_emails(window, site, person):
    window.goto(site + reverse("crm_people:edit", args=[person.pk]))
    window.get_by_role("tab", name="E-mail", exact=True).click()


def test_one_conversation_is_asked_for_granted_read_and_taken_back(page, theirs, site, ana):
    open_emails(theirs, site, ana)
    lines = theirs.locator(".escala-hidden")
    expect(lines).to_have_count(2)
    expect(theirs.locator("body")).not_to_contain_text("Segunda")
    lines.first.get_by_role("button").focus()
    theirs.keyboard.press("Enter")
    expect(lines.first).to_contain_text("You asked lucia for access.")
    lines.first.get_by_role("link", name="What I asked").click()
    expect(theirs.locator("#escala-access-asked-section")).to_contain_text("Waiting for an answer")

    # The mail's link chooses an answer; the owner confirms it.
    page.reload()
    page.locator("[data-wagtail-sidebar]").get_by_role("link", name="Access to mail (1)").click()
    expect(page.locator("#escala-access-questions-section")).to_contain_text("Re: Segunda")
    while not mail.outbox:
        page.wait_for_timeout(50)
    (link,) = re.findall(r"\S+answer=thread", mail.outbox[0].body)
    page.goto(site + link[link.index("/admin") :])
    expect(page.get_by_role("radio", name="This conversation")).to_be_checked()
    page.get_by_role("button", name="Answer", exact=True).click()
    expect(page.get_by_text("marcos can read this conversation now.")).to_be_visible()
    expect(page.locator("[data-wagtail-sidebar]")).not_to_contain_text("Access to mail")

    open_emails(theirs, site, ana)
    conversation = theirs.locator(".escala-conversation")
    expect(conversation).to_have_count(1)
    expect(conversation).to_contain_text("Re: Segunda")
    expect(lines).to_have_count(1)
    expect(theirs.locator("body")).not_to_contain_text("Primera")

    page.get_by_role("button", name=re.compile("^Take back")).click()
    expect(page.get_by_text("Taken back: marcos no longer reads it in your mailbox.")).to_be_visible()
    open_emails(theirs, site, ana)
    expect(lines).to_have_count(2)
    expect(conversation).to_have_count(0)


def test_after_a_no_the_line_says_so(page, theirs, site, ana):
    open_emails(theirs, site, ana)
    lines = theirs.locator(".escala-hidden")
    lines.last.get_by_role("button").click()
    expect(lines.last).to_contain_text("You asked lucia for access.")
    page.goto(site + reverse("escala_email:access"))
    page.get_by_role("link", name=re.compile(r"^No\s?: marcos, ")).click()
    expect(page.get_by_role("radio", name=re.compile("^No They are shown"))).to_be_checked()
    page.get_by_role("button", name="Answer", exact=True).click()
    expect(page.get_by_text("You answered no.")).to_be_visible()
    open_emails(theirs, site, ana)
    expect(lines.last).to_contain_text("the answer was no")
    expect(lines.last.get_by_role("button")).to_have_count(0)
