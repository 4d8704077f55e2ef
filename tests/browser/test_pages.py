"""What the pages do while they are looked at: they move, and take nothing out of anybody's hands."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect
from wagtail.users.models import UserProfile

from escala_email_plugin.admin import why
from escala_email_plugin.models import Address, EmailAccount, Folder, Lookup, Quarantined, Rule, Run
from escala_email_plugin.sync.why import Explanation, Explanations
from sandbox.crm.models import Person
from tests.browser.test_first_sync import log_in
from tests.making import account, letter, stored

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "Clientes/" + "Siniestros-de-automóviles-pendientes-" * 4


@pytest.fixture
def settings_page(page, site, seller):
    """Log in and open Settings › Emails."""

    def open_it(query: str = ""):
        log_in(page, site, "lucia")
        page.goto(site + reverse("escala_email:account", args=["personal"]) + query)
        return page

    return open_it


@pytest.fixture
def at_work(seller):
    """A mailbox that a worker is at."""
    mine = account(seller, lease_until=timezone.now() + timedelta(minutes=5), lease_token="somebody")
    Folder.objects.create(account=mine, name="INBOX", scanned_from=70, scanned_to=90)
    return Run.objects.create(kind="sync", account=mine, done=100, total=1000)


@pytest.fixture
def previewed(seller):
    """A mailbox whose preview is to be looked at."""
    mine = account(seller, mode="preview")
    folder = Folder.objects.create(account=mine, name=LONG)
    senders = [{"address": f"a{n}@cliente.test", "messages": 9, "involved": 12} for n in range(12)]
    found = {"id": folder.pk, "name": LONG, "role": "", "messages": 40, "scanned": 1200}
    result = {"messages": 312, "contacts": 47, "oldest": None, "bytes": 9, "seconds": 9}
    Run.objects.create(
        kind="preview",
        account=mine,
        state="done",
        finished_at=timezone.now(),
        result=result | {"senders": senders, "folders": [found]},
    )
    return mine


def test_the_focus_stays_on_a_button_while_the_numbers_move(settings_page, at_work):
    page = settings_page()
    cancel = page.locator("button[form=escala-off]")
    cancel.focus()
    Run.objects.filter(pk=at_work.pk).update(done=700)
    expect(page.locator(".escala-status progress")).to_have_attribute("value", "70")
    expect(cancel).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".escala-status > p .escala-status__state")).to_have_count(2)
    assert EmailAccount.objects.get().mode == "off"
    page.locator("button[form=escala-on]").click()
    expect(page.locator("button[form=escala-on]")).to_have_count(0)
    assert EmailAccount.objects.get().mode == "total"


def sender(page, address):
    """The tick by which somebody is brought in; beside it is the one for who is no contact."""
    return page.locator(f"input[name=senders][value='{address}']")


def test_what_was_unticked_stays_so_while_the_page_looks_again(settings_page, previewed):
    page = settings_page()
    page.locator(".escala-preview__more summary").click()
    sender(page, "a1@cliente.test").uncheck()
    sender(page, "a11@cliente.test").uncheck()
    with page.expect_response(lambda response: "/status/" in response.url):
        pass
    page.wait_for_timeout(300)
    expect(sender(page, "a1@cliente.test")).not_to_be_checked()
    expect(sender(page, "a11@cliente.test")).to_be_visible()
    EmailAccount.objects.update(trouble="port_closed", state="waiting")  # so that no server is asked
    page.locator("button[form=escala-start]").click()
    page.wait_for_selector("#escala-folders-section")
    assert set(Rule.objects.values_list("pattern", flat=True)) == {"a1@cliente.test", "a11@cliente.test"}


def test_a_preview_made_again_carries_no_tick_over_to_another_sender(settings_page, previewed):
    page = settings_page()
    sender(page, "a1@cliente.test").uncheck()
    former = Run.objects.get()
    senders = [{"address": f"b{n}@otra.test", "messages": 9, "involved": 12} for n in range(12)]
    Run.objects.create(
        kind="preview",
        account=previewed,
        state="done",
        finished_at=timezone.now(),
        result=former.result | {"senders": senders},
    )
    expect(sender(page, "b1@otra.test")).to_be_checked(timeout=10_000)


def test_earlier_mail_is_offered_and_moves_nothing_that_is_being_read(page, site, seller):
    ana = Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    mine = account(seller, next_try=timezone.now() + timedelta(days=1))
    stored(mine, letter(subject="Nueva", minutes=60))
    Folder.objects.update(scanned_from=1, scanned_to=90)
    # The site's own worker may have made it already, and finds no server to ask.
    Lookup.objects.get_or_create(account=mine, address=Address.objects.get(value="ana@cliente.test"))
    log_in(page, site, "lucia")
    page.goto(site + reverse("crm_people:edit", args=[ana.pk]))
    page.get_by_role("tab").nth(1).click()
    looking = page.locator(".escala-looking")
    expect(looking).to_have_attribute("data-running", "true")
    page.locator(".escala-conversation summary").first.click()
    expect(page.locator(".escala-message")).to_have_count(1)

    stored(mine, letter(subject="Vieja"))
    expect(looking.locator("button")).to_be_visible(timeout=10_000)
    expect(page.locator(".escala-conversation")).to_have_count(1)
    expect(page.locator(".escala-message")).to_be_visible()

    Address.objects.update(sought=False)
    Lookup.objects.all().delete()
    expect(looking).to_have_attribute("data-settled", "true")
    expect(page.locator(".escala-message")).to_be_visible()
    looking.locator("button").click()
    expect(page.locator(".escala-conversation")).to_have_count(2)
    expect(looking).to_have_count(0)


def test_a_message_says_why_it_is_there(page, site, seller):
    ana = Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    stored(account(seller), letter(), folder="Clientes")
    log_in(page, site, "lucia")
    page.goto(site + reverse("crm_people:edit", args=[ana.pk]))
    page.get_by_role("tab").nth(1).click()
    page.locator(".escala-conversation summary").first.click()
    page.get_by_role("button", name="More about this message").click()
    page.get_by_role("button", name="Why is this here?").click()
    answer = page.locator(".escala-why-here")
    expect(answer).to_contain_text("Ana Gómez")
    expect(answer).to_contain_text("Clientes")


def test_the_tab_one_is_on_is_a_link_that_says_so_and_looks_so(page, site, administrator):
    log_in(page, site, "admin")
    page.goto(site + reverse("escala_email:account", args=["shared"]))
    tabs = page.locator(".escala-tabs a")
    expect(tabs).to_have_count(4)
    lines = tabs.evaluate_all(
        "all => all.map((one) => [one.getAttribute('aria-current'), one.getAttribute('aria-selected'),"
        " getComputedStyle(one, '::after').width !== '0px'])"
    )
    assert lines == [[None, None, False], ["page", None, True], *[[None, None, False]] * 2]


def test_a_question_is_answered_beside_it_and_the_answer_gets_the_focus(settings_page, seller, monkeypatch):
    told = Explanation(LONG, 7, "Oferta " * 30, "b@boletin.test", timezone.now(), "no_contact")
    monkeypatch.setattr(why, "explain", lambda account, text: Explanations([told]))
    account(seller, last_success=timezone.now(), next_try=timezone.now() + timedelta(days=1))
    page = settings_page()
    page.locator("#escala-why-asked").fill("b@boletin.test")
    page.keyboard.press("Enter")
    expect(page.locator(".escala-answers__row")).to_contain_text("Oferta")
    expect(page.locator(".escala-why .escala-connect__results")).to_be_focused()
    expect(page.locator("#escala-why-asked")).to_have_value("b@boletin.test")


@pytest.mark.parametrize("mode", ["preview", "total"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_on_a_phone_nothing_is_wider_than_the_screen(page, settings_page, previewed, seller, mode, language):
    UserProfile.objects.create(user=seller, preferred_language=language)
    page.set_viewport_size({"width": 375, "height": 740})
    if mode == "total":
        later = timezone.now() + timedelta(days=1)
        EmailAccount.objects.update(mode="total", last_success=timezone.now(), next_try=later)
        folder = Folder.objects.get()
        for uid in range(30):
            Quarantined.objects.create(
                folder=folder, uidvalidity=0, uid=uid, error="too_deep", raw=b"x", next_try=later
            )
        gap = {"folder": LONG, "uid": 7, "why": "never_recorded", "outcome": "refilled"}
        Run.objects.create(
            kind="audit", account=previewed, state="done", finished_at=timezone.now(), result={"gaps": [gap]}
        )
    settings_page()
    page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    page.wait_for_selector(".escala-preview" if mode == "preview" else ".escala-aside__row")
    wide = "all => all.filter((a) => a.getBoundingClientRect().right > innerWidth).map((a) => a.outerHTML)"
    assert page.locator(".escala-settings *:visible").evaluate_all(wide) == []
