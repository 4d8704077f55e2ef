"""Erasing a person as it is done: to the end, the report kept, and the person let in again."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from escala_email_plugin.models import Erasure
from escala_email_plugin.privacy.erase_person import COUNTED
from sandbox.crm.models import Person
from tests.browser.test_first_sync import log_in
from tests.making import account, letter, stored

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CANARY = "canario@cliente.test"


@pytest.fixture
def inside(page, site, administrator):
    log_in(page, site, "admin")
    return page


def test_who_waits_on_the_page_is_offered_the_report_and_the_way_back(inside, site, seller):
    Person.objects.create(first_name="Canaria", last_name="Plumón", email=CANARY)
    stored(account(seller), letter(CANARY))
    inside.goto(site + reverse("escala_email:erase_person"))
    inside.get_by_label("E-mail addresses of the person").fill(CANARY)
    inside.get_by_role("button", name="Show what there is").click()
    inside.get_by_label("Type the first of the addresses again").fill(CANARY)
    inside.get_by_role("button", name="Erase this person").click()
    link = inside.get_by_role("link", name="Download the report")
    expect(link).to_be_visible()
    with inside.expect_download() as kept:
        link.click()
    assert kept.value.suggested_filename == f"erasure-{Erasure.objects.get().pk}.txt"
    inside.get_by_label("E-mail address").fill(CANARY)
    inside.get_by_role("button", name="Allow again").click()
    expect(inside.get_by_text("Allowed again on")).to_be_visible()
    expect(link).to_be_visible()


def test_on_a_telephone_every_number_stands_in_one_line(inside, site):
    counts = dict.fromkeys(COUNTED, 1_234_567)
    row = Erasure.objects.create(digest="0" * 64, report=counts, finished_at=timezone.now())
    inside.set_viewport_size({"width": 375, "height": 800})
    inside.goto(site + reverse("escala_email:erasure", args=[row.pk]))
    numbers = inside.locator(".escala-erasing__counts dd")
    expect(numbers).to_have_count(len(COUNTED))
    lines = numbers.evaluate_all(
        """all => all.map(one => {
            const text = document.createRange();
            text.selectNodeContents(one);
            return new Set([...text.getClientRects()].map(box => box.top)).size;
        })"""
    )
    assert lines == [1] * len(COUNTED)
