"""Connecting by hand in Chromium: servers are found, steps are seen, and nothing typed is lost."""

import re
import threading

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from wagtail.users.models import UserProfile

from escala_email_plugin.admin import probing
from escala_email_plugin.models import EmailAccount
from escala_email_plugin.servers.probe import Step
from tests.browser.test_first_sync import log_in
from tests.making import account, at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSED = "li.escala-steps__step--passed"
FOUND = ".escala-found__source"
ADVICE = "[data-escala-connect-target=end] > *"


@pytest.fixture(autouse=True)
def listed(settings):
    """Only the built-in list is asked: no test needs a network."""
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "DISCOVERY": ["table"]}


@pytest.fixture
def connect_page(page, site, seller):
    """The page, opened by a seller."""
    log_in(page, site, "lucia")
    page.goto(site + at("connect"))
    return page


@pytest.fixture
def slow(hostile):
    """A server that says nothing to a login before ``slow.go`` is set, and then that it is busy."""
    go = threading.Event()

    def script(peer):
        peer.send("* OK ready")
        peer.answer("CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN")
        tag, _command = peer.command()
        go.wait(60)
        peer.send("+ ")
        peer.line()
        peer.send(f"{tag} NO [UNAVAILABLE] later")
        peer.wait()

    server = hostile(script)
    server.go = go
    yield server
    go.set()


def type_in(page, **values):
    for name, value in values.items():
        page.locator(f"#id_{name}").fill(str(value))


def values(page, *names) -> list[str]:
    return [page.locator(f"#id_{name}").input_value() for name in names]


def try_it(page, server, **further):
    """Type a mailbox at ``server`` and test the connection."""
    type_in(page, address="lucia@desconocido.test", password="correct horse")
    type_in(page, imap_host="localhost", imap_port=server.port, smtp_host="localhost", smtp_port=1)
    page.get_by_role("button", name="Test connection").click()


class TestSteps:
    def test_each_is_shown_while_the_next_one_is_tried(self, connect_page, slow):
        page = connect_page
        try_it(page, slow)
        expect(page.locator(PASSED)).to_have_count(3)
        expect(page.locator(".escala-connect__busy:visible")).to_contain_text("Logging in")
        expect(page.get_by_text("A step may take up to 30 seconds.")).to_be_visible()
        expect(page.locator(ADVICE)).to_have_count(0)
        slow.go.set()
        expect(page.locator(ADVICE)).to_contain_text("Wait a few minutes")
        expect(page.locator(".escala-connect__results")).to_be_focused()
        expect(page.locator(".escala-connect__busy:visible")).to_have_count(0)

    def test_stopping_keeps_what_was_typed_and_lets_one_begin_again(self, connect_page, slow):
        page = connect_page
        try_it(page, slow)
        expect(page.locator(PASSED)).to_have_count(3)
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_text("Stopped.")).to_be_visible()
        assert values(page, "password", "imap_port") == ["correct horse", str(slow.port)]
        slow.go.set()
        page.get_by_role("button", name="Test connection").click()
        expect(page.locator(ADVICE)).to_contain_text("Wait a few minutes")

    def test_who_left_before_the_last_step_was_done_connects_nothing(self, connect_page, site, monkeypatch):
        page, go, gone = connect_page, threading.Event(), threading.Event()

        def passing(*servers):
            try:
                yield Step("sent", "imap", True, "ok", "Good so far.")
                go.wait(60)
                yield Step("smtp", "smtp", True, "ok", "Good.")
            finally:
                gone.set()

        monkeypatch.setattr(probing, "probe", passing)
        type_in(page, address="lucia@desconocido.test", password="correct horse")
        type_in(page, imap_host="localhost", smtp_host="localhost")
        page.get_by_role("button", name="Connect", exact=True).click()
        expect(page.locator(PASSED)).to_have_count(1)
        page.goto(site + reverse("wagtailadmin_home"))
        go.set()
        assert gone.wait(30)
        page.goto(site + at("account"))
        assert not EmailAccount.objects.exists()

    def test_an_answer_that_comes_all_at_once_is_shown_as_well(self, connect_page, slow):
        page = connect_page
        slow.go.set()
        page.route("**/test/", lambda route: route.fulfill(response=route.fetch()))
        try_it(page, slow)
        expect(page.locator(PASSED)).to_have_count(3)
        expect(page.locator(ADVICE)).to_contain_text("Wait a few minutes")

    def test_an_answer_that_is_cut_short_is_not_taken_for_a_good_one(self, connect_page, slow):
        page = connect_page
        body = '{"doing": "Looking up", "step": "<li>half</li>"}\n{"doi'
        page.route("**/test/", lambda route: route.fulfill(body=body, content_type="application/x-ndjson"))
        try_it(page, slow)
        expect(page.get_by_text("The server could not be asked.")).to_be_visible()
        assert values(page, "password") == ["correct horse"]

    @pytest.mark.dovecot
    def test_a_mailbox_that_passes_moves_on_to_its_page(self, connect_page, mailbox):
        page = connect_page
        type_in(page, address=mailbox.user, password=mailbox.password, imap_host="localhost")
        type_in(page, imap_port=mailbox.imap.port, smtp_host="localhost", smtp_port=mailbox.smtp.port)
        page.locator("#id_smtp_port").press("Enter")
        page.wait_for_url(re.compile(re.escape(at("account")) + "$"))
        expect(page.locator(".messages")).to_contain_text(f"{mailbox.user} is connected.")

    @pytest.mark.dovecot
    def test_the_advice_leads_to_its_field(self, connect_page, mailbox):
        page = connect_page
        type_in(page, address=mailbox.user, password=mailbox.password, imap_host="localhost")
        type_in(page, imap_port=mailbox.smtp.port, smtp_host="localhost", smtp_port=mailbox.smtp.port)
        page.get_by_role("button", name="Test connection").click()
        link = page.locator(f"{ADVICE} a")
        expect(link).to_be_visible()
        page.locator("summary").filter(has_text="Servers").click()
        link.press("Enter")
        expect(page.locator("#id_imap_host")).to_be_focused()


class TestFinding:
    def test_it_is_written_where_nobody_has_typed_and_folded_away(self, connect_page):
        page = connect_page
        page.locator("summary").filter(has_text="Servers").click()
        type_in(page, smtp_host="mio.andina.test", address="lucia@gmail.com")
        page.keyboard.press("Tab")
        expect(page.locator(FOUND)).to_contain_text("Found in our list: Google.")
        expect(page.locator("details")).not_to_have_attribute("open", "")
        expect(page.locator("summary")).to_contain_text("imap.gmail.com · mio.andina.test")
        assert values(page, "imap_host", "imap_port", "smtp_host") == [
            "imap.gmail.com",
            "993",
            "mio.andina.test",
        ]
        help_link = page.get_by_role("link", name="How to make an app password at Google")
        expect(help_link).to_have_attribute("target", "_blank")
        expect(help_link).to_have_attribute("rel", "noopener noreferrer")

    def test_another_address_takes_back_what_was_found_for_the_first(self, connect_page):
        page = connect_page
        type_in(page, address="lucia@outlook.com", password="x")
        expect(page.locator("summary")).to_contain_text("outlook.office365.com")
        type_in(page, address="lucia@desconocido.test", password="x")
        expect(page.locator(FOUND)).to_contain_text("No servers were found for desconocido.test.")
        expect(page.locator("#id_imap_host")).to_be_visible()
        expect(page.locator("#id_imap_host")).to_have_attribute("placeholder", "imap.desconocido.test")
        assert values(page, "imap_host", "smtp_host", "smtp_port", "smtp_tls") == ["", "", "465", "tls"]

    def test_only_the_address_is_sent(self, connect_page):
        page = connect_page
        type_in(page, password="correct horse", address="lucia@gmail.com")
        with page.expect_request("**/discover/") as request:
            page.locator("#id_address").press("Enter")
        assert "lucia@gmail.com" in request.value.post_data
        assert "correct horse" not in request.value.post_data

    def test_a_slow_search_is_seen_and_one_that_fails_loses_nothing(self, connect_page):
        page, held = connect_page, []
        page.route("**/discover/", lambda route: held.append(route))
        type_in(page, address="lucia@gmail.com", password="correct horse")
        expect(page.get_by_text("Looking for the servers of this address…")).to_be_visible()
        held[0].abort()
        expect(page.locator(".escala-found")).to_contain_text("The server could not be asked.")
        assert values(page, "address", "password") == ["lucia@gmail.com", "correct horse"]
        page.unroute("**/discover/")
        page.get_by_role("button", name="Find the servers").click()
        expect(page.locator(FOUND)).to_contain_text("Google")

    def test_connecting_waits_for_a_search_that_goes_on(self, connect_page):
        page, held = connect_page, []
        page.route("**/discover/", lambda route: held.append(route))
        page.route("**/test/", lambda route: route.fulfill(status=500, body=""))
        type_in(page, address="lucia@gmail.com", password="correct horse")
        expect(page.get_by_text("Looking for the servers of this address…")).to_be_visible()
        page.get_by_role("button", name="Test connection").click()
        with page.expect_request("**/test/") as request:
            held[0].continue_()
        assert "imap.gmail.com" in request.value.post_data

    def test_a_connected_mailbox_is_not_searched_for(self, page, site, seller):
        account(seller, "lucia@gmail.com", mode="off")
        log_in(page, site, "lucia")
        page.goto(site + at("connect"))
        expect(page.locator("#id_imap_host")).to_be_visible()
        expect(page.get_by_role("button", name="Find the servers")).to_have_count(0)
        type_in(page, password="x")
        assert values(page, "imap_host") == ["localhost"]


@pytest.mark.dovecot
def test_without_any_script_it_is_one_form(browser, site, seller, mailbox):
    page = browser.new_context(java_script_enabled=False).new_page()
    log_in(page, site, "lucia")
    page.goto(site + at("connect"))
    type_in(page, address="lucia@gmail.com")
    page.get_by_role("button", name="Find the servers").click()
    expect(page.locator(FOUND)).to_contain_text("Google")
    assert values(page, "address", "imap_host") == ["lucia@gmail.com", "imap.gmail.com"]
    page.locator("summary").filter(has_text="Servers").click()
    type_in(page, address=mailbox.user, imap_host="localhost", imap_port=mailbox.imap.port)
    type_in(page, smtp_host="localhost", smtp_port=mailbox.smtp.port, password="wrong horse")
    page.get_by_role("button", name="Test connection").click()
    expect(page.locator(".escala-steps__step--failed")).to_have_count(1)
    assert values(page, "password", "address") == ["", mailbox.user]
    page.locator("#id_password").fill(mailbox.password)
    page.locator("#id_password").press("Enter")
    page.wait_for_url(re.compile(re.escape(at("account")) + "$"))
    assert EmailAccount.objects.get().address == mailbox.user
    page.context.close()


@pytest.mark.parametrize("language", ["en", "es"])
def test_on_a_phone_nothing_is_wider_than_the_screen(page, site, seller, slow, language):
    UserProfile.objects.create(user=seller, preferred_language=language)
    page.set_viewport_size({"width": 375, "height": 740})
    log_in(page, site, "lucia")
    page.goto(site + at("connect"))
    type_in(page, address=f"lucia@{'muy-largo' * 6}.test", password="x")
    type_in(page, imap_host="localhost", imap_port=slow.port, smtp_host="localhost", smtp_port=1)
    slow.go.set()
    page.locator("form.escala-connect .escala-connect__buttons button").nth(1).click()
    expect(page.locator(ADVICE)).to_have_count(1)
    wide = "all => all.filter((a) => a.getBoundingClientRect().right > innerWidth).map((a) => a.outerHTML)"
    assert page.locator(".escala-connect *:visible").evaluate_all(wide) == []
