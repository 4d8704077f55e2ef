"""In a browser: what colleagues see of a conversation is decided beside it, in the host's own form."""

import os

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from wagtail.users.models import UserProfile

from escala_email_plugin.models import ThreadLevel
from escala_email_plugin.visibility import Level
from sandbox.crm.models import Person
from tests.making import account, letter, stored

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_choice_is_confirmed_at_once_and_changes_nothing_of_the_hosts_form(page, site, seller, client):
    ana = Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    stored(account(seller), letter(subject="Cotización"))
    client.force_login(seller)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(site + reverse("crm_people:edit", args=[ana.pk]))
    page.get_by_role("tab").nth(1).click()
    page.get_by_text("Cotización").click()
    badges = page.locator(".escala-conversation .escala-badge")
    expect(badges).to_have_count(2)
    expect(badges.first).to_contain_text("Private")
    choice = page.get_by_label("What my team sees of this conversation")
    # By the keyboard alone.
    choice.focus()
    choice.select_option(label="Subject and people")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your team sees subject and people of this conversation.")).to_be_visible()
    expect(badges.first).to_contain_text("Shared in part")
    expect(badges.last).to_contain_text("Shared in part")
    assert ThreadLevel.objects.get().level == Level.SUBJECT
    page.goto(site + reverse("wagtailadmin_home"))
    assert asked == []


ROOM = """select => {
    const pen = document.createElement('canvas').getContext('2d');
    const { font, paddingLeft, paddingRight } = getComputedStyle(select);
    pen.font = font;
    const longest = Math.max(...[...select.options].map(({ text }) => pen.measureText(text).width));
    return select.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight) - longest;
}"""


@pytest.mark.parametrize("width", [375, 1440])
@pytest.mark.parametrize("language", ["en", "es"])
def test_each_choice_can_be_read_to_its_end_on_a_phone_too(page, site, seller, client, width, language):
    ana = Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    stored(account(seller, shares=True, level=Level.SUBJECT), letter(subject="Cotización"))
    UserProfile.objects.update_or_create(user=seller, defaults={"preferred_language": language})
    client.force_login(seller)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site + reverse("crm_people:edit", args=[ana.pk]))
    page.get_by_role("tab").nth(1).click()
    page.get_by_text("Cotización").click()
    choice = page.locator(".escala-level__choice")
    expect(choice).to_be_visible()
    if folder := os.environ.get("ESCALA_SHOTS"):
        choice.scroll_into_view_if_needed()
        page.screenshot(path=f"{folder}/level-{width}-{language}.png")
    assert choice.evaluate(ROOM) >= 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
