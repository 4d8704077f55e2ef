"""In a browser: which records a conversation is about is said in its foot, in the host's own form."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from escala_email_plugin.models import RecordThread
from sandbox.crm.models import Opportunity, Person
from tests.making import account, letter, stored

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_conversation_is_tied_and_untied_by_the_keyboard_and_nothing_of_the_hosts_form_changes(
    page, site, seller, client
):
    ana = Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    berta = Person.objects.create(first_name="Berta", last_name="Ruiz")
    sale = Opportunity.objects.create(name="Flota de camiones", contact=berta)
    stored(account(seller), letter(subject="Cotización"))
    client.force_login(seller)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    asked, failed = [], []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.on("pageerror", lambda error: failed.append(str(error)))
    here = site + reverse("crm_people:edit", args=[ana.pk])
    page.goto(here)
    page.get_by_role("tab").nth(1).click()
    page.get_by_text("Cotización").first.click()
    page.locator(".escala-ties summary").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Also about…").fill("camiones")
    # Enter in a field of the host's form would send it.
    page.keyboard.press("Enter")
    tie = page.get_by_role("button", name="Tie to Flota de camiones")
    expect(tie).to_be_visible()
    tie.focus()
    page.keyboard.press("Enter")
    expect(
        page.get_by_text("From now on this conversation is on the page of Flota de camiones.")
    ).to_be_visible()
    expect(page.get_by_role("button", name="Untie from Flota de camiones")).to_be_visible()
    assert RecordThread.objects.get().object_id == str(sale.pk)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Untie from Flota de camiones")).to_have_count(0)
    page.get_by_role("button", name="Not about Ana Gómez").click()
    expect(page.get_by_text("This conversation is not on the page of Ana Gómez any more.")).to_be_visible()
    expect(page.locator(".escala-conversation--left-out")).to_have_count(1)
    assert not RecordThread.objects.get().is_tied
    assert page.url.split("#")[0] == here
    page.goto(here)
    page.get_by_role("tab").nth(1).click()
    page.get_by_text("1 conversation was left out by hand").click()
    page.get_by_role("button", name="Show it here again").click()
    expect(page.get_by_text("No conversation is left out any more.")).to_be_visible()
    assert not RecordThread.objects.exists()
    page.goto(site + reverse("wagtailadmin_home"))
    assert (asked, failed) == ([], [])
