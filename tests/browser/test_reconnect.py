"""A mailbox stops, its owner is told, and one click heals it: in Chromium, against a real Dovecot."""

import time

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import expect

from escala_email_plugin.models import EmailAccount, Location
from escala_email_plugin.servers import pool
from escala_email_plugin.sync.account import sync_account
from sandbox.crm.models import Person
from tests.browser.test_first_sync import log_in
from tests.making import account_at, at, letter

pytestmark = [pytest.mark.browser, pytest.mark.dovecot, pytest.mark.django_db(transaction=True)]


def awaited(true) -> None:
    until = time.monotonic() + 30
    while not true():
        assert time.monotonic() < until
        time.sleep(0.1)


def is_refused(mine) -> bool:
    """The worker, which the new contact called, may be at it with a connection of before."""
    pool.clear()
    sync_account(mine.pk)
    mine.refresh_from_db()
    return mine.state == "reconnect"


def test_a_changed_password_costs_its_owner_one_click_and_no_message(page, site, seller, mailbox):
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    mailbox.append(letter(subject="Antes"))
    mine = account_at(mailbox, seller)
    assert sync_account(mine.pk)
    mailbox.change_password("another horse")
    awaited(lambda: is_refused(mine))
    for n in range(2):
        mailbox.append(letter(subject=f"Nuevo {n}", minutes=n + 1))

    awaited(lambda: mail.outbox)
    assert [sent.to for sent in mail.outbox] == [["lucia@example.test"]]

    log_in(page, site, "lucia")
    page.goto(site + reverse("crm_people:index"))
    banner = page.get_by_role("region", name="Mailboxes to be connected again")
    banner.get_by_role("link", name="Connect again").click()
    page.locator("#id_password").fill("another horse")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(site + at("account"))
    # It moves by itself: nobody reloads the page.
    expect(page.get_by_text("2 messages that had come since")).to_be_visible()
    expect(banner).to_have_count(0)
    assert (Location.objects.count(), EmailAccount.objects.get().state) == (3, "connected")
    assert len(mail.outbox) == 1
