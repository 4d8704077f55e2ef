"""A mail stays in its frame: it covers nothing round it, and the frame fits it."""

import pytest
from playwright.sync_api import expect

from tests.making import letter, stored

pytestmark = pytest.mark.browser

OVERLAYS = (
    '<div style="position:fixed;inset:0;background:red;z-index:99999">x</div>',
    '<div style="position:absolute;top:-900px;left:-900px;width:9000px;height:9000px;background:red">x</div>',
    "<style>html,body,*{position:fixed!important;background:red!important}</style>",
    '<table style="margin:-3000px;width:9000px;height:9000px;background:red"><tr><td>x</table>',
    '<p style="transform:scale(99);background:red">x</p>',
    '<dialog open style="position:fixed">x</dialog><div popover style="background:red">x</div>',
)
#: The same height without any of that, so that the page round it is the same.
FRAME = "iframe.escala-message__body"


def _around(page) -> bytes:
    """What is seen with every mail's frame covered."""
    page.add_style_tag(content=f"{FRAME} {{ height: 300px !important; }}")
    page.mouse.move(0, 0)
    return page.screenshot(mask=[page.locator(FRAME)], animations="disabled", caret="hide", full_page=True)


def test_what_surrounds_a_mail_is_as_it_is_round_an_ordinary_one(opened, mine):
    (message,) = stored(mine, letter(text="x", html="<p>x</p>"))
    with opened(1).expect_response(lambda response: response.url.endswith("/read/")):
        pass  # from then on it looks the same each time
    ordinary = _around(opened(1))
    message.html = "".join(OVERLAYS)
    message.save()
    assert _around(opened(1)) == ordinary


def test_a_frame_fits_what_is_in_it_also_when_something_unfolds(opened, mine):
    stored(mine, letter(html="<details><summary>más</summary>" + "<p>x</p>" * 60 + "</details><p>fin</p>"))
    page = opened(1)
    frame = page.locator(FRAME)
    inner = page.frame_locator(FRAME)
    expect(frame).not_to_have_css("height", "96px")
    before = frame.bounding_box()["height"]
    inner.locator("summary").click()
    page.wait_for_function(f"document.querySelector('{FRAME}').clientHeight > {before + 500}")
    assert frame.evaluate("one => one.contentDocument.scrollingElement.scrollHeight <= one.clientHeight")


def test_a_mail_as_high_as_its_frame_does_not_make_it_grow_without_end(opened, mine):
    stored(mine, letter(html='<div style="height:100vh;min-height:120vh">x</div>'))
    page = opened(1)
    page.wait_for_timeout(500)
    assert page.locator(FRAME).bounding_box()["height"] < 400


def test_a_link_is_told_where_it_leads_and_opens_without_an_opener(opened, mine):
    stored(mine, letter(html='<a href="https://x.evil.test/" title="banco.com">https://www.banco.com/</a>'))
    page = opened(1)
    inner = page.frame_locator(FRAME)
    expect(inner.locator(".escala-flag")).to_contain_text("leads to x.evil.test")
    assert inner.locator("a").get_attribute("title") == "x.evil.test"
    with page.context.expect_page() as opening:
        inner.locator("a").click()
    other = opening.value
    assert other.evaluate("window.opener") is None
