"""The banner on every admin page: where it shows, and that it can be put away."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from escala_email_plugin.models import EmailAccount
from tests.browser.test_first_sync import log_in
from tests.making import account, at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = "The mailbox lucia@andina.test must be connected again."


@pytest.fixture
def fallen(seller):
    return account(seller, state="reconnect", trouble="login_refused", state_since=timezone.now())


@pytest.fixture
def asked(page):
    """The times the server was asked for the banner."""
    found = []
    url = reverse("escala_email:banner")
    page.on("request", lambda request: found.append(request.url) if request.url.endswith(url) else None)
    return found


def test_it_is_on_every_page_and_one_click_from_the_form(page, site, fallen, asked):
    log_in(page, site, "lucia")
    expect(page.get_by_text(TEXT)).to_be_visible()
    asked.clear()
    for name in ("wagtailadmin_home", "crm_people:index", "wagtailadmin_account"):
        page.goto(site + reverse(name))
        expect(page.get_by_text(TEXT)).to_be_visible()
    assert asked == []  # what the server said is remembered for a minute
    page.get_by_role("region", name="Mailboxes to be connected again").get_by_role("link").click()
    page.wait_for_url(site + at("connect"))


def test_put_away_with_the_keyboard_it_stays_away_until_the_mailbox_falls_again(page, site, fallen):
    log_in(page, site, "lucia")
    page.goto(site + reverse("crm_people:index"))
    page.get_by_role("button", name="Not now").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(TEXT)).to_be_hidden()
    assert page.evaluate("document.activeElement.classList.contains('content')")
    page.goto(site + at("account"))
    page.get_by_role("heading", name="lucia@andina.test").wait_for()
    expect(page.get_by_text(TEXT)).to_be_hidden()
    EmailAccount.objects.update(state_since=timezone.now() + timedelta(hours=1))
    page.reload()
    expect(page.get_by_text(TEXT)).to_be_visible()


def test_it_goes_as_soon_as_the_mailbox_is_connected(page, site, fallen):
    log_in(page, site, "lucia")
    page.goto(site + reverse("crm_people:index"))
    expect(page.get_by_text(TEXT)).to_be_visible()
    EmailAccount.objects.update(state="connected")
    with page.expect_response("**/email/banner/"):
        page.goto(site + at("account"))
    page.goto(site + reverse("crm_people:index"))
    page.get_by_role("heading", name="people").first.wait_for()
    expect(page.get_by_text(TEXT)).to_have_count(0)


def test_the_next_one_in_this_browser_is_told_nothing_of_it(page, site, fallen, colleague):
    log_in(page, site, "lucia")
    page.goto(site + reverse("crm_people:index"))
    expect(page.get_by_text(TEXT)).to_be_visible()
    page.context.clear_cookies()
    log_in(page, site, "marcos")
    with page.expect_response("**/email/banner/"):
        page.goto(site + at("account"))
    expect(page.get_by_text(TEXT)).to_have_count(0)
