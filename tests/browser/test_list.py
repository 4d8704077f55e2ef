"""In a browser: the list of conversations is narrowed, continued and followed without anything being lost."""

import re
from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from sandbox.crm.models import Person, Policy
from tests.making import account, letter, stored

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

US = "lucia@andina.test"


@pytest.fixture
def ana():
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


@pytest.fixture
def mine(seller):
    return account(seller, US)


@pytest.fixture
def opened(page, site, seller, client, ana):
    """opened(query): the record's page as the seller sees it, with its conversations."""

    def opened(query="", wait=True):
        client.force_login(seller)
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
        page.goto(site + reverse("crm_people:edit", args=[ana.pk]) + query)
        if not query:
            page.get_by_role("tab").nth(1).click()
        if wait:
            expect(page.locator(".escala-list")).to_be_attached()  # without a line it has no height
        return page

    return opened


def rows(page):
    return page.locator(".escala-list .escala-conversation")


def summary(page, subject):
    return page.locator(".escala-conversation > summary", has_text=subject)


def search(page):
    return page.get_by_role("searchbox", name="Search in the conversations")


def test_grey_lines_of_one_colleague_are_one_across_the_pages_they_came_in(opened, colleague, mine, settings):
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "TIMELINE_PAGE": 4}
    stored(
        account(colleague, "marcos@andina.test"),
        *[letter(subject=f"Ajena {n}", minutes=-n * 1440) for n in range(12)],
    )
    stored(mine, letter(subject="La primera", minutes=-30 * 1440))
    page = opened()
    expect(summary(page, "La primera")).to_be_visible()
    folded = page.locator(".escala-folded")
    expect(folded).to_have_count(1)
    expect(folded.locator("summary")).to_contain_text("12 conversations of marcos, not shared with you")
    days = folded.locator("summary time").evaluate_all("all => all.map((one) => one.dateTime)")
    assert days == ["2026-02-20", "2026-03-03"]
    expect(page.locator(".escala-list__item")).to_have_count(2)
    folded.locator("summary").click()
    expect(folded.locator(".escala-hidden")).to_have_count(12)
    expect(folded.locator(".escala-hidden").last).to_be_visible()


def many(mine, number, size, settings):
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "TIMELINE_PAGE": size}
    return stored(mine, *[letter(subject=f"Asunto {n:02}", minutes=n) for n in range(number)])


def test_what_is_chosen_stands_in_the_pages_address_and_is_chosen_again_by_a_copied_link(opened, mine):
    stored(mine, letter(subject="Recibido"), letter(US, "ana@cliente.test", "Enviado", minutes=1))
    page = opened()
    expect(rows(page)).to_have_count(2)
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Direction").select_option(label="From us")
    expect(page).to_have_url(re.compile(r"\?email_direction=out#tab"))
    expect(rows(page)).to_have_count(1)
    copied = page.url
    page.goto("about:blank")
    page.goto(copied)
    expect(page.get_by_label("Direction")).to_have_value("out")
    expect(summary(page, "Enviado")).to_be_visible()
    expect(summary(page, "Recibido")).to_have_count(0)
    page.get_by_role("button", name="Clear filters").first.click()
    expect(rows(page)).to_have_count(2)
    assert "email_" not in page.url
    expect(search(page)).to_be_focused()


def test_a_link_that_narrows_opens_the_tab_by_itself(opened, mine):
    stored(mine, letter(subject="Recibido"))
    page = opened("?email_direction=in")
    expect(summary(page, "Recibido")).to_be_visible()


def test_where_nothing_matches_the_filters_are_taken_off_by_one_button(opened, mine):
    stored(mine, letter())
    page = opened("?email_direction=out")
    expect(page.get_by_text("No conversation matches.").locator("visible=true").first).to_be_visible()
    page.locator(".escala-emails__said").get_by_role("button", name="Clear filters").click()
    expect(rows(page)).to_have_count(1)


def test_enter_searches_and_does_not_save_the_record(opened, mine):
    stored(mine, letter())
    page = opened()
    asked = []
    page.on("request", lambda request: asked.append((request.method, request.url)))
    search(page).fill("póliza")
    search(page).press("Enter")
    expect(page).to_have_url(re.compile("email_q=p%C3%B3liza"))
    page.wait_for_timeout(600)
    assert [url for method, url in asked if method != "GET" and "/visit/" not in url] == []
    assert any("/email/records/" in url and "q=p%C3%B3liza" in url for _, url in asked)


def test_typing_here_is_no_change_of_the_hosts_form(opened, mine, site):
    stored(mine, letter())
    page = opened()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    search(page).press_sequentially("algo")
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("With attachments").check()
    page.wait_for_timeout(700)
    page.goto(site + reverse("wagtailadmin_home"))
    assert asked == []


def test_an_answer_that_comes_late_does_not_overwrite_a_newer_one(opened, mine):
    stored(mine, letter(subject="Primera"))
    page = opened()
    page.get_by_role("button", name="Filters").click()
    late = []
    page.route(re.compile(r"/email/records/.*direction=in"), lambda route: late.append(route))
    page.get_by_label("Direction").select_option("in")
    expect(page.locator(".escala-emails__list")).to_have_attribute("aria-busy", "true")
    page.get_by_label("Direction").select_option("")
    expect(page.locator(".escala-emails__list")).to_have_attribute("aria-busy", "false")
    (route,) = late
    route.fulfill(body="<p>Late</p>", content_type="text/html")
    page.wait_for_timeout(500)
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_text("Late", exact=True)).to_have_count(0)


def test_pages_follow_by_scrolling_and_nothing_is_there_twice(opened, mine, settings):
    many(mine, 30, 12, settings)
    page = opened()
    expect(rows(page)).to_have_count(12)
    page.mouse.move(600, 500)
    for _ in range(12):
        page.mouse.wheel(0, 900)
        page.wait_for_timeout(100)
    expect(rows(page)).to_have_count(30)
    subjects = page.locator(".escala-conversation__subject").all_text_contents()
    assert subjects == [f"Asunto {n:02}" for n in reversed(range(30))]
    expect(page.get_by_role("button", name="Show earlier conversations")).to_have_count(0)


def test_by_the_button_the_focus_goes_on_to_the_first_one_that_came(opened, mine, settings):
    many(mine, 20, 8, settings)
    page = opened()
    # As where nothing follows by itself.
    page.evaluate("document.querySelector('.escala-emails__more').dataset.failed = 'true'")
    button = page.get_by_role("button", name="Show earlier conversations")
    button.focus()
    page.keyboard.press("Enter")
    expect(summary(page, "Asunto 11")).to_be_focused()


def test_a_page_that_fails_says_so_and_can_be_asked_for_again(opened, mine, settings):
    many(mine, 20, 8, settings)
    page = opened(wait=False)
    page.route(re.compile("before="), lambda route: route.abort())
    expect(rows(page)).to_have_count(8)
    page.get_by_role("button", name="Show earlier conversations").scroll_into_view_if_needed()
    expect(page.get_by_text("The earlier conversations could not be loaded.")).to_be_visible()
    page.unroute(re.compile("before="))
    page.get_by_role("button", name="Show earlier conversations").click()
    expect(rows(page).nth(8)).to_be_attached()


def test_new_mail_is_announced_moves_nothing_and_is_shown_on_demand(opened, mine):
    stored(mine, letter(subject="Primera"), letter(subject="Segunda", minutes=1))
    page = opened()
    row = summary(page, "Primera")
    row.click()
    frame = page.frame_locator(".escala-message__body").first
    expect(frame.get_by_text("Hola.")).to_be_visible()
    row.focus()
    before = row.bounding_box()
    stored(mine, letter(subject="Tercera", minutes=2))
    show = page.get_by_role("button", name="1 new message")
    expect(show).to_be_visible()
    assert row.bounding_box() == before
    expect(row).to_be_focused()
    expect(summary(page, "Tercera")).to_have_count(0)
    show.click()
    expect(summary(page, "Tercera")).to_be_focused()
    expect(rows(page)).to_have_count(3)
    # What was open stays open, with the mail in it.
    expect(frame.get_by_text("Hola.")).to_be_visible()
    expect(show).to_be_hidden()


def test_an_open_conversation_that_grows_stays_in_place_and_offers_what_is_new(opened, mine):
    stored(mine, letter(subject="Consulta", message_id="a@x.test"), letter(subject="Otra", minutes=1))
    page = opened()
    row = summary(page, "Consulta")
    row.click()
    expect(page.frame_locator(".escala-message__body").first.get_by_text("Hola.")).to_be_visible()
    answer = letter(
        subject="Re: Consulta", text="Respuesta.", message_id="b@x.test", reply_to="a@x.test", minutes=5
    )
    stored(mine, answer)
    page.get_by_role("button", name="1 new message").click()
    expect(page.locator(".escala-conversation__subject")).to_have_text(["Otra", "Re: Consulta"])
    page.get_by_role("button", name="Show what is new in this conversation").click()
    expect(page.locator(".escala-message")).to_have_count(2)


def test_a_failure_has_its_own_state_and_goes_away_by_trying_again(opened, mine):
    stored(mine, letter(subject="Recibido"))
    page = opened("?email_direction=in", wait=False)
    expect(rows(page)).to_have_count(1)
    page.route(re.compile("/email/records/"), lambda route: route.abort())
    page.get_by_label("Direction").select_option(label="Sent and received")
    expect(page.get_by_role("alert")).to_contain_text("The conversations could not be loaded.")
    page.unroute(re.compile("/email/records/"))
    page.get_by_role("button", name="Load again").click()
    expect(rows(page)).to_have_count(1)


def test_who_is_signed_out_meanwhile_is_told_so_and_loses_nothing(opened, mine, client):
    stored(mine, letter(subject="Recibido"))
    page = opened("?email_direction=in", wait=False)
    expect(rows(page)).to_have_count(1)
    client.logout()
    page.get_by_label("Direction").select_option(label="Sent and received")
    expect(page.get_by_role("alert")).to_contain_text("Your session has ended.")


def test_who_may_not_see_the_record_any_more_is_told_that_instead(opened, mine, seller):
    stored(mine, letter(subject="Recibido"))
    page = opened("?email_direction=in", wait=False)
    expect(rows(page)).to_have_count(1)
    seller.user_permissions.remove(*seller.user_permissions.filter(content_type__app_label="crm"))
    page.get_by_label("Direction").select_option(label="Sent and received")
    expect(page.get_by_role("alert")).to_contain_text("You may not see this record any more.")


def test_the_keyboard_leads_through_the_conversations_and_their_messages(opened, mine):
    stored(
        mine,
        letter(subject="Primera"),
        letter(subject="Segunda", minutes=1),
        letter(subject="Tercera", minutes=2),
    )
    page = opened()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    expect(summary(page, "Tercera")).to_be_focused()
    page.keyboard.press("j")
    expect(summary(page, "Segunda")).to_be_focused()
    page.keyboard.press("o")
    message = page.locator(".escala-message > summary")
    expect(message).to_be_visible()
    page.keyboard.press("j")
    expect(message).to_be_focused()
    page.keyboard.press("j")
    expect(summary(page, "Primera")).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Escape")
    expect(summary(page, "Segunda")).to_be_focused()
    expect(message).to_be_hidden()
    page.keyboard.press("k")
    expect(summary(page, "Tercera")).to_be_focused()
    page.keyboard.press("/")
    expect(search(page)).to_be_focused()
    # A letter that is typed is a letter.
    page.keyboard.type("jok")
    expect(search(page)).to_have_value("jok")


def test_the_keyboard_leads_on_from_the_tab_that_was_clicked(opened, mine):
    stored(mine, letter(subject="Primera"))
    page = opened()
    expect(page.get_by_role("tab").nth(1)).to_be_focused()
    page.keyboard.press("j")
    expect(summary(page, "Primera")).to_be_focused()


def test_the_keyboard_leads_on_from_the_button_of_the_side_panel(opened, mine, ana):
    stored(mine, letter(subject="Primera"))
    page = opened()
    start = date(2026, 1, 1)
    policy = Policy.objects.create(
        number="AUT-1", holder=ana, insurer="Istmo", branch="car", start=start, end=start, premium=1
    )
    page.goto(page.url.split("/admin/")[0] + reverse("crm_policies:edit", args=[policy.pk]))
    page.get_by_role("button", name="Toggle emails").click()
    expect(rows(page)).to_have_count(1)
    page.keyboard.press("j")
    expect(summary(page, "Primera")).to_be_focused()


def test_the_keys_are_named_in_wagtails_own_dialog_and_rest_while_it_is_open(opened, mine):
    stored(mine, letter(subject="Primera"))
    page = opened()
    summary(page, "Primera").focus()
    page.keyboard.press("?")
    dialog = page.locator("#keyboard-shortcuts-dialog")
    expect(dialog.get_by_text("Next conversation or message")).to_be_visible()
    expect(dialog.get_by_text("Show keyboard shortcuts")).to_be_visible()
    page.keyboard.press("j")
    expect(summary(page, "Primera")).not_to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog.get_by_text("Next conversation or message")).to_be_hidden()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(dialog.get_by_text("Next conversation or message")).to_be_visible()


def test_outside_the_list_wagtail_keeps_its_keys(opened, mine):
    stored(mine, letter(subject="Primera"))
    page = opened()
    page.get_by_role("tab").nth(0).focus()
    page.keyboard.press("j")
    expect(page.get_by_role("tab").nth(0)).to_be_focused()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    expect(search(page)).not_to_be_focused()


def test_a_link_to_a_conversation_opens_it_wherever_in_the_list_it_is(opened, mine, settings):
    messages = many(mine, 20, 8, settings)
    page = opened(f"?email_thread={messages[0].thread_id}&email_message={messages[0].pk}")
    linked = page.locator(".escala-linked")
    expect(linked.locator(".escala-conversation")).to_have_attribute("open", "")
    expect(linked).to_contain_text("Asunto 00")
    expect(page.frame_locator(".escala-linked .escala-message__body").get_by_text("Hola.")).to_be_visible()
    page.get_by_role("button", name="Show only the list").click()
    expect(linked).to_have_count(0)
    assert "email_thread" not in page.url


def test_a_link_to_what_somebody_may_not_see_says_so_above_the_list(opened, mine, colleague):
    (hidden,) = stored(account(colleague, "marcos@andina.test"), letter(subject="Ajena"))
    stored(mine, letter(subject="Mía", minutes=3))
    page = opened(f"?email_thread={hidden.thread_id}")
    expect(
        page.get_by_text("The conversation of the link is not here, or not shared with you.")
    ).to_be_visible()
    expect(rows(page)).to_have_count(1)


def test_who_comes_back_finds_the_list_as_it_was(opened, mine, settings, site):
    many(mine, 20, 8, settings)
    page = opened()
    page.get_by_role("button", name="Show earlier conversations").scroll_into_view_if_needed()
    row = summary(page, "Asunto 05")
    row.scroll_into_view_if_needed()
    row.click()
    expect(page.locator(".escala-message")).to_be_visible()
    page.goto(site + reverse("wagtailadmin_home"))
    page.go_back()
    expect(page.locator(".escala-conversation[open] > summary")).to_contain_text("Asunto 05")
    expect(page.locator(".escala-conversation[open] > summary")).to_be_in_viewport()
