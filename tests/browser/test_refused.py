"""In a browser: a page whose module is switched off while it is open asks once more, and then no more."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from playwright.sync_api import expect

from escala_email_plugin.models import Address, EmailAccount, Folder, Lookup, ModuleSwitch
from sandbox.crm.models import Person
from tests.making import account, letter, stored

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def mine(seller):
    mine = account(seller)
    stored(mine, letter(subject="Cotización"))
    return mine


@pytest.fixture
def asked(page):
    """The status of each answer, by the last part of the address that was asked."""
    found = {"newer": [], "looking": []}

    def note(response):
        name = response.url.partition("?")[0].rstrip("/").rpartition("/")[2]
        if name in found:
            found[name].append(response.status)

    page.on("response", note)
    return found


@pytest.fixture
def opened(page, site, seller, client, ana, mine, asked):
    """The form that holds the conversations, with something typed into it; time goes as the test says."""

    def opened():
        client.force_login(seller)
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
        page.clock.install()
        page.goto(site + reverse("crm_people:edit", args=[ana.pk]))
        page.get_by_label("First name").fill("Anita")
        page.get_by_role("tab").nth(1).click()
        expect(page.get_by_text("Cotización")).to_be_visible()
        return page

    return opened


def until(page, answers, number):
    """Time goes by until there are so many."""
    for _ in range(60):
        if len(answers) >= number:
            return
        page.clock.run_for(3_000)
        page.wait_for_timeout(100)
    raise AssertionError(answers)


def much_later(page):
    """Half an hour, in which somebody looks at other tabs and comes back."""
    for _ in range(6):
        page.clock.run_for(300_000)
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        page.wait_for_timeout(150)


def switch_off():
    ModuleSwitch.objects.create(content_type=ContentType.objects.get_for_model(Person), is_on=False)


def test_whether_mail_came_is_not_asked_any_more(opened, asked):
    page = opened()
    until(page, asked["newer"], 1)
    switch_off()
    until(page, asked["newer"], 2)
    much_later(page)
    assert asked["newer"] == [200, 404]
    expect(page.get_by_text("Cotización")).to_be_visible()


def test_nor_whether_earlier_mail_was_found_and_what_is_typed_stays(opened, asked, mine):
    Folder.objects.filter(account=mine).update(scanned_from=1, scanned_to=90)
    EmailAccount.objects.update(last_success=mine.created_at)
    Lookup.objects.get_or_create(account=mine, address=Address.objects.get(value="ana@cliente.test"))
    page = opened()
    expect(page.get_by_text("Looking for earlier mail…")).to_be_visible()
    until(page, asked["looking"], 1)
    loads = []
    page.on("request", lambda request: loads.append(request.url) if request.is_navigation_request() else None)
    page.on("dialog", lambda dialog: (loads.append(dialog.type), dialog.dismiss()))
    switch_off()
    until(page, asked["looking"], asked["looking"].count(200) + 1)
    much_later(page)
    assert asked["looking"].count(404) == 1
    assert loads == []
    expect(page.get_by_text("Looking for earlier mail…")).to_be_hidden()
