"""In a browser: a host's own listing with our columns shows what waits for us, and all of its columns."""

import pytest
from django.urls import reverse

from sandbox.crm.models import Person
from tests.making import account, letter, stored

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

US = "lucia@andina.test"


@pytest.fixture
def listing(page, site, seller, client):
    """The people as the seller sees them: Ana waits for us, we wait for Juan."""
    for first_name in ("Ana", "Juan"):
        Person.objects.create(first_name=first_name, last_name="Gómez", email=f"{first_name}@cliente.test")
    stored(account(seller, US), letter("ana@cliente.test", US), letter(US, "juan@cliente.test", "Otro"))
    client.force_login(seller)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
    page.goto(site + reverse("crm_people:index"))
    return page


def background(page, words):
    return page.locator("table .w-status", has_text=words).evaluate(
        "it => getComputedStyle(it).backgroundColor"
    )


def test_what_waits_for_us_stands_out(listing):
    filled = listing.evaluate(
        """() => {
            const it = document.body.appendChild(document.createElement("i"));
            it.style.background = "var(--w-color-surface-button-default)";
            return getComputedStyle(it).backgroundColor;
        }"""
    )
    assert background(listing, "For us") == filled
    assert background(listing, "For them") != filled


@pytest.mark.parametrize("width", [375, 1024])
def test_its_last_column_can_be_reached_on_a_narrow_screen(listing, width):
    listing.set_viewport_size({"width": width, "height": 800})
    last = listing.locator("table.listing thead th").last
    last.evaluate("it => it.scrollIntoView({inline: 'end'})")
    box = last.bounding_box()
    assert box["x"] + box["width"] <= width + 1
    # By hand it can be scrolled as well: what hides its overflow yields to scripts alone.
    table = listing.locator("table.listing")
    assert table.evaluate(
        """it => {
            for (let one = it; one; one = one.parentElement) {
                if (one.scrollWidth <= one.clientWidth) continue;
                const how = getComputedStyle(one).overflowX;
                if (how === "auto" || how === "scroll") return true;
                if (how === "hidden") return false;
            }
            return true;
        }"""
    )


@pytest.mark.parametrize("width", [375, 1440])
def test_a_name_is_broken_between_its_words(listing, width):
    listing.set_viewport_size({"width": width, "height": 800})
    name = listing.locator("td.title a", has_text="Ana Gómez").first
    assert (
        name.evaluate(
            """it => {
            const words = document.createRange();
            const text = it.firstChild.textContent.includes("Ana") ? it.firstChild : it;
            words.selectNodeContents(text);
            return words.getClientRects().length;
        }"""
        )
        <= 2
    )
