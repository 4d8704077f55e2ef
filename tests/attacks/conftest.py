"""A Chromium for which the world outside is a ``Listener``."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from sandbox.crm.models import Person
from tests.making import account

from .listener import Listener

#: A bite that can be seen from any frame.
CANARY = "window.bites = []; window.bit = (number) => { window.bites.push(number); };"


@pytest.fixture(scope="session")
def outside():
    listener = Listener()
    yield listener
    listener.close()


@pytest.fixture(scope="session")
def chromium(browser_type, browser_type_launch_args, outside):
    arguments = [*browser_type_launch_args["args"], outside.launch_argument]
    browser = browser_type.launch(**{**browser_type_launch_args, "args": arguments})
    yield browser
    browser.close()


@pytest.fixture
def page(chromium, outside):
    """A page that knows when it is bitten. ``page.dialogs``: what was asked of the user."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.add_init_script(CANARY)
    page.dialogs = []
    page.on("dialog", lambda dialog: (page.dialogs.append(dialog.message), dialog.accept()))
    outside.asked.clear()
    outside.connections = 0
    yield page
    context.close()


@pytest.fixture
def ana(transactional_db):
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


@pytest.fixture
def mine(ana, seller):
    return account(seller)


@pytest.fixture
def opened(page, live_server, settings, seller, ana, client):
    """``opened()``: the tab of the record's page with all its conversations and messages unfolded."""

    def opened(wanted: int):
        settings.ALLOWED_HOSTS = ["*"]
        client.force_login(seller)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        page.context.add_cookies([cookie])
        page.goto(live_server.url + reverse("crm_people:edit", args=[ana.pk]))
        page.get_by_role("tab").nth(1).click()
        expect(page.locator(".escala-conversation").first).to_be_visible()
        page.locator(".escala-conversation > summary").evaluate_all(
            "all => all.forEach((one) => one.click())"
        )
        frames = page.locator("iframe.escala-message__body")
        expect(frames.first).to_be_attached()
        page.locator("details.escala-gap").evaluate_all("all => all.forEach((one) => { one.open = true; })")
        expect(frames).to_have_count(wanted)
        page.locator("details.escala-message").evaluate_all(
            "all => all.forEach((one) => { one.open = true; })"
        )
        frames.evaluate_all("all => all.forEach((one) => { one.loading = 'eager'; })")
        page.wait_for_function(
            "[...document.querySelectorAll('iframe.escala-message__body')].every((one) =>"
            " one.contentDocument?.documentElement?.dataset.pictures"
            " && one.contentDocument.readyState === 'complete')"
        )
        return page

    return opened
