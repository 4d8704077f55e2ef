"""The lists as people use them: paste, be told, choose what becomes of the stored, take off."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from escala_email_plugin.models import Message, Rule
from sandbox.crm.models import Person
from tests.browser.test_first_sync import log_in
from tests.making import account, letter, stored

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def mine(seller):
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    mine = account(seller)
    stored(mine, letter(), letter("x@otra.test", "ana@cliente.test", subject="Se queda"))
    return mine


@pytest.fixture
def lists(page, site, mine):
    log_in(page, site, "lucia")
    page.goto(site + reverse("escala_email:lists", args=["personal"]))
    return page


def test_what_is_pasted_is_asked_about_and_what_was_not_understood_stays_in_the_box(lists):
    lists.get_by_label("Addresses and domains").fill("Ana <ana@cliente.test>\nboletin@banco.test\n@\n")
    lists.get_by_role("button", name="Add", exact=True).click()
    expect(lists.get_by_text("They take part in 2 messages that are stored already.")).to_be_visible()
    expect(lists.get_by_text("It would mean everybody.")).to_be_visible()
    assert not Rule.objects.exists()
    lists.get_by_label("Remove it from this mailbox").check()
    lists.get_by_role("button", name="Add", exact=True).click()
    expect(lists.get_by_text("2 entries were added. What is stored is being removed.")).to_be_visible()
    expect(lists.get_by_label("Addresses and domains")).to_have_value("@")
    expect(lists.get_by_role("checkbox", name="ana@cliente.test")).to_be_visible()
    for _ in range(100):
        if not Message.objects.exists():
            break
        lists.wait_for_timeout(100)
    assert not Message.objects.exists()


def test_entries_are_taken_off_by_keyboard(lists, mine):
    for pattern in ("boletin@banco.test", "*.correo.test"):
        Rule.objects.create(account=mine, pattern=pattern)
    lists.reload()
    lists.get_by_role("checkbox", name="*.correo.test").focus()
    lists.keyboard.press("Space")
    lists.get_by_role("button", name="Take off what is ticked").focus()
    lists.keyboard.press("Enter")
    expect(lists.get_by_text("1 entry was taken off. The earlier mail is being looked for.")).to_be_visible()
    assert list(Rule.objects.values_list("pattern", flat=True)) == ["boletin@banco.test"]


def test_the_own_domain_takes_one_click(lists, mine):
    lists.get_by_role("link", name="Not a contact").click()
    lists.get_by_role("button", name="Add andina.test").click()
    # Ana's mail is to an address of that domain, so it is asked about.
    lists.get_by_role("button", name="Add", exact=True).click()
    expect(lists.get_by_text("1 entry was added.")).to_be_visible()
    assert Rule.objects.get().kind == "not_contact"


@pytest.mark.parametrize("path", ["lists", "common"])
def test_nothing_is_wider_than_a_phone(page, site, mine, administrator, path):
    holder = mine if path == "lists" else None
    long = "una-direccion-larguisima-de-verdad" * 3 + "@un-dominio-que-tampoco-acaba-nunca.cliente.test"
    Rule.objects.create(account=holder, pattern=long)
    log_in(page, site, "lucia" if path == "lists" else "admin")
    page.set_viewport_size({"width": 375, "height": 800})
    url = reverse("escala_email:lists", args=["personal"]) if holder else reverse("escala_email:common_lists")
    for kind in ("never", "not_contact"):
        page.goto(f"{site}{url}?list={kind}")
        page.get_by_label("Addresses and domains").fill(f"ana@cliente.test\n{long}@{long}\n<b>")
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.get_by_text("It is too long")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
