"""In a browser: an invitation, a report and an attached message open with their message, and not before."""

import pytest
from playwright.sync_api import expect
from wagtail.users.models import UserProfile

from tests.admin.test_card import attached, meeting, status, with_part
from tests.browser.test_accessibility import faults, theme
from tests.browser.test_thread import mine, opened  # noqa: F401
from tests.making import stored

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def talk(mine):  # noqa: F811
    """Three messages of one conversation; the last two open with it."""
    return stored(
        mine,
        with_part(attached(), "message/rfc822", "c.eml", message_id="a@x.test"),
        with_part(status(), "message/delivery-status", "d.txt", reply_to="a@x.test", minutes=1),
        with_part(
            meeting(location="https://salas.test/a", summary="Revisión " * 20), reply_to="a@x.test", minutes=2
        ),
    )


def test_cards_come_when_their_message_opens(talk, opened, page):  # noqa: F811
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/card/" in request.url else None)
    opened()
    expect(page.get_by_role("group", name="Invitation")).to_contain_text("Revisión")
    before = len(asked)
    page.get_by_role("button", name="Unfold all", exact=True).click()
    expect(page.get_by_role("group", name="Report about a mail")).to_contain_text("could not be delivered")
    expect(page.locator(".escala-card--message summary")).to_contain_text("Berta Ruiz")
    assert len(asked) == len(set(asked)) == 3 >= before
    page.locator(".escala-card--message summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".escala-card--message")).to_contain_text("Adentro.")
    page.get_by_role("link", name="Add to calendar").focus()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "invite.ics"


def test_a_report_stands_above_the_text_and_an_attached_message_below_it(talk, opened, page):  # noqa: F811
    opened()
    page.get_by_role("button", name="Unfold all", exact=True).click()
    expect(page.locator(".escala-card")).to_have_count(3)
    expect(page.locator(".escala-cards:has(.escala-card--message)")).to_be_visible()
    follows = "(one) => Boolean(one.closest('.escala-message').querySelector('iframe')"
    follows += ".compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING)"
    assert page.locator(".escala-card--message").evaluate(follows)
    assert not page.get_by_role("group", name="Report about a mail").evaluate(follows)
    assert page.locator(".escala-cards:visible").count() == 3


@pytest.mark.parametrize("width", [375, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_cards_and_they_keep_in_their_width(
    talk,
    opened,  # noqa: F811
    page,
    seller,
    scheme,
    width,
):
    page.set_viewport_size({"width": width, "height": 1000})
    UserProfile.objects.update_or_create(user=seller, defaults={"theme": "system"})
    opened()
    theme(page, scheme)
    page.get_by_role("button", name="Unfold all", exact=True).click()
    expect(page.locator(".escala-card")).to_have_count(3)
    for one in page.locator(".escala-card summary").all():
        one.click()
    assert faults(page, ".escala-cards") == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_what_cannot_be_loaded_is_said_and_tried_again(talk, opened, page):  # noqa: F811
    page.route("**/card/", lambda route: route.abort())
    opened()
    said = page.get_by_text("What this message brings could not be loaded.")
    expect(said.last).to_be_visible()
    page.unroute("**/card/")
    page.locator(".escala-cards:visible").last.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("group", name="Invitation")).to_be_visible()
    expect(said.last).to_be_hidden()
