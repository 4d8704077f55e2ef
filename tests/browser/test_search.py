"""In a browser: a quote is found by a word of its file's name, and its conversation opens on the record."""

import os
import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from sandbox.crm.models import Person
from tests.making import account, letter, stored

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def opened(page, site, seller, client):
    """opened(path): a page as the seller sees it, with mail of a contact's."""
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    quote = [("Cotizacion_2026-10.pdf", "application/pdf", b"%PDF-1.4")]
    text = "Buenos días, Lucía.\n\n" + "Según lo conversado. " * 20 + "La cotización del camión va adjunta.\n"
    mine = account(seller, "lucia@andina.test")
    stored(mine, letter(subject="Lo que hablamos", text=text, attachments=quote))
    stored(mine, letter(subject="Cotización de flota <b>", minutes=9, cc="Luis Cotiz <luis@otro.test>"))
    stored(mine, letter(subject="Otra cosa", minutes=5))
    client.force_login(seller)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": site}])

    def opened(path):
        page.goto(site + path)
        return page

    return opened


def test_a_seller_finds_a_quote_by_its_files_name_and_opens_it_on_the_record(opened):
    page = opened(reverse("escala_email:search"))
    words = page.get_by_role("searchbox", name="Words to search for")
    expect(words).to_be_focused()
    words.fill("cotizacion 2026")
    words.press("Enter")
    hits = page.locator(".escala-search__hit")
    expect(hits).to_have_count(1)
    expect(hits.locator("mark", has_text="Cotizacion")).to_have_count(1)
    expect(hits.locator("mark", has_text="cotización")).to_have_count(1)
    hits.get_by_role("link", name="Lo que hablamos").click()
    expect(page).to_have_url(re.compile(r"/crm/person/\d+/page/\?email_thread=\d+"))
    expect(page.locator(".escala-conversation[open] .escala-message").first).to_be_visible()


@pytest.mark.parametrize("width", [375, 1440])
def test_nothing_sticks_out_on_a_phone_or_a_wide_screen(opened, width):
    opened("/admin/").set_viewport_size({"width": width, "height": 800})
    page = opened(reverse("escala_email:search") + "?q=cotizacion")
    expect(page.locator(".escala-search__hit")).to_have_count(2)
    if folder := os.environ.get("ESCALA_SHOTS"):
        page.screenshot(path=f"{folder}/search-{width}.png", full_page=True)
        page.emulate_media(color_scheme="dark")
        page.screenshot(path=f"{folder}/search-{width}-dark.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
