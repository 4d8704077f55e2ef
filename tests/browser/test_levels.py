"""In a browser: what colleagues see of a conversation is decided beside it, in the host's own form."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

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
