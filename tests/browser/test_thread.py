"""In a browser: a conversation opens at what is unread, and unfolds, is printed and linked to from there."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from escala_email_plugin.models import Message, ThreadRead
from sandbox.crm.models import Person
from tests.making import account, letter, stored

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ZALGO = "Z\u0351\u036b\u0343" * 40


def talk(number: int, **values) -> bytes:
    """A message of one conversation."""
    return letter(
        **{
            "text": f"Texto {number}.\n",
            "message_id": f"m{number}@cliente.test",
            "reply_to": "m0@cliente.test" if number else None,
            "minutes": number,
            **values,
        }
    )


@pytest.fixture
def mine(seller):
    return account(seller)


@pytest.fixture
def opened(page, site, seller, client):
    """``opened()``: Ana's page with her first conversation open."""

    def opened():
        ana, _made = Person.objects.get_or_create(
            email="ana@cliente.test", first_name="Ana", last_name="Gómez"
        )
        client.force_login(seller)
        cookie = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": site}])
        page.goto(site + reverse("crm_people:edit", args=[ana.pk]))
        page.get_by_role("tab").nth(1).click()
        page.locator(".escala-conversation summary").first.click()
        expect(page.locator(".escala-thread")).to_be_visible()
        return page

    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    return opened


def bodies(page) -> list[str]:
    """Which texts are asked for from now on."""
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/body/" in request.url else None)
    return asked


def test_what_is_folded_asks_for_nothing_and_what_is_open_is_there(mine, opened, page):
    stored(mine, *map(talk, range(8)))
    asked = bodies(page)
    opened()
    messages = page.locator(".escala-message")
    expect(messages.last.frame_locator("iframe").locator("body")).to_contain_text("Texto 7.")
    assert len(asked) == 1
    expect(messages.first).to_be_visible()
    expect(page.locator(".escala-gap")).to_contain_text("6 more messages")
    expect(messages.nth(3)).to_be_hidden()
    # By the keyboard alone.
    page.locator(".escala-gap summary").first.focus()
    page.keyboard.press("Enter")
    expect(messages.nth(3)).to_be_visible()
    assert len(asked) == 1
    messages.nth(3).locator("summary").first.focus()
    page.keyboard.press("Enter")
    expect(messages.nth(3).frame_locator("iframe").locator("body")).to_contain_text("Texto 3.")
    assert len(asked) == 2
    page.get_by_role("button", name="Unfold all", exact=True).click()
    expect(page.locator(".escala-message[open]")).to_have_count(8)
    page.get_by_role("button", name="Fold all", exact=True).click()
    expect(page.locator(".escala-message[open]")).to_have_count(0)
    page.get_by_role("button", name="Unfold all", exact=True).click()
    expect(messages.first.frame_locator("iframe").locator("body")).to_contain_text("Texto 0.")


def test_what_is_unread_is_open_once_and_then_read(mine, opened, page, seller):
    stored(mine, *map(talk, range(3)))
    Message.objects.update(sent_at=timezone.now() - timedelta(days=60))
    Message.objects.filter(message_id="m1@cliente.test").update(sent_at=timezone.now() - timedelta(hours=1))
    opened()
    unread = page.locator(".escala-message--unread")
    expect(unread).to_have_count(1)
    expect(unread).to_have_attribute("open", "")
    expect(page.locator(".escala-thread__count")).to_contain_text("1 unread")
    for _ in range(100):
        if ThreadRead.objects.filter(user=seller).exists():
            break
        page.wait_for_timeout(100)
    assert ThreadRead.objects.get().user == seller
    opened()
    expect(unread).to_have_count(0)


def test_all_of_a_long_conversation_can_be_reached(mine, opened, page):
    stored(mine, *map(talk, range(60)))
    opened()
    expect(page.locator(".escala-thread__count")).to_contain_text("60 messages")
    expect(page.locator(".escala-message")).to_have_count(11)
    page.locator(".escala-gap summary").first.click()
    # What comes next is asked for by unfolding.
    expect(page.locator(".escala-message")).to_have_count(41)
    page.get_by_role("button", name="Show earlier messages").click()
    expect(page.locator(".escala-message")).to_have_count(60)
    expect(page.get_by_role("button", name="Show earlier messages")).to_have_count(0)
    pks = page.locator(".escala-message").evaluate_all("all => all.map((one) => Number(one.dataset.message))")
    assert pks == sorted(pks)
    assert len(set(pks)) == 60


def test_what_comes_into_a_long_conversation_keeps_in_its_width(mine, opened, page):
    stored(mine, *[talk(n, text="Un texto que no cabe en un renglón. " * 9) for n in range(14)])
    opened()
    page.locator(".escala-gap summary").first.click()
    messages = page.locator(".escala-message")
    expect(messages).to_have_count(14)
    ends = messages.evaluate_all("all => all.map((one) => Math.round(one.getBoundingClientRect().right))")
    assert len(set(ends)) == 1


def test_all_is_unfolded_also_what_comes_only_then(mine, opened, page):
    stored(mine, *map(talk, range(14)))
    opened()
    page.get_by_role("button", name="Unfold all", exact=True).click()
    expect(page.locator(".escala-message[open]")).to_have_count(14)
    expect(page.locator(".escala-message").nth(2).frame_locator("iframe").locator("body")).to_contain_text(
        "Texto 2."
    )


@pytest.mark.parametrize("may", [True, False])
def test_a_link_is_copied_or_shown_to_be_copied(mine, opened, page, site, may):
    (message,) = stored(mine, talk(0))
    if may:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    else:
        page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error('no'))")
    opened()
    page.get_by_role("button", name="More about this message").click()
    page.get_by_role("button", name="Copy link", exact=True).click()
    said = page.locator(".escala-thread__copied")
    ending = f"email_thread={message.thread_id}&email_message={message.pk}"
    if may:
        expect(said).to_contain_text("copied")
        assert ending in page.evaluate("navigator.clipboard.readText()")
    else:
        field = said.locator("input")
        expect(field).to_be_focused()
        assert ending in field.input_value()
    assert field_names(page) == []


def field_names(page) -> list[str]:
    """What of an opened conversation would be posted with the host's form."""
    return page.locator(".escala-thread").evaluate(
        "one => [...one.querySelectorAll('[name], form')].filter((field) => field.tagName !== 'IFRAME')"
        ".map((field) => field.outerHTML)"
    )


def test_a_text_that_cannot_be_loaded_says_so_and_is_tried_again(mine, opened, page):
    stored(mine, talk(0))
    page.route(
        "**/body/", lambda route: route.fulfill(status=500, body="<p>Error</p>", content_type="text/html")
    )
    opened()
    failed = page.locator(".escala-message__failed")
    expect(failed).to_be_visible()
    expect(page.locator(".escala-message iframe")).to_be_hidden()
    page.unroute("**/body/")
    failed.get_by_role("button").click()
    expect(page.frame_locator(".escala-message iframe").locator("body")).to_contain_text("Texto 0.")
    expect(failed).to_be_hidden()


def test_the_page_that_is_printed_opens_the_dialog_with_every_text_as_long_as_it_is(
    mine, opened, page, context
):
    long = "<br>".join(f"Línea {n}" for n in range(200))
    stored(mine, talk(0, html=f"<p>{long}</p>"), talk(1))
    context.add_init_script("window.print = () => document.documentElement.setAttribute('printed', '')")
    opened()
    page.get_by_role("button", name="More about this conversation").click()
    with context.expect_page() as other:
        page.get_by_role("link", name="Print the conversation").click()
    printed = other.value
    expect(printed.locator("html[printed]")).to_be_attached()
    expect(printed.locator("iframe")).to_have_count(2)
    heights = printed.locator("iframe").evaluate_all(
        "all => all.map((one) => [one.clientHeight, one.contentDocument.documentElement.scrollHeight])"
    )
    assert all(shown >= needed for shown, needed in heights)
    assert heights[0][0] > 2000


def test_a_printed_conversation_says_everything_once_and_its_quotations_when_asked(
    mine, opened, page, context, site
):
    quoting = "Respuesta.\n\nOn Tue, Mar 3, 2026 at 10:00, Ana <ana@cliente.test> wrote:\n> {}\n"
    first = quoting.format("De antes.")
    message = stored(mine, talk(0, text=first), talk(1, text=quoting.format("Citado.")))[0]
    context.add_init_script("window.print = () => document.documentElement.setAttribute('printed', '')")
    opened()
    place = ["crm", "person", Person.objects.get().pk, message.thread_id]
    page.goto(site + reverse("escala_email:print_thread", args=place))
    expect(page.locator("html[printed]")).to_be_attached()
    begun, answer = page.frame_locator("iframe").nth(0), page.frame_locator("iframe").nth(1)
    expect(begun.get_by_text("De antes.")).to_be_visible()
    expect(answer.get_by_text("Respuesta.")).to_be_visible()
    quoted = answer.locator("details", has_text="Citado.")
    expect(quoted).not_to_have_attribute("open", "")
    page.get_by_role("checkbox").check()
    expect(quoted).to_have_attribute("open", "")
    page.get_by_role("checkbox").uncheck()
    expect(quoted).not_to_have_attribute("open", "")


def test_on_paper_the_end_of_a_text_is_not_cut(mine, opened, page, context, site):
    message = stored(mine, talk(0, html="".join(f"<p>{'palabra ' * 60}</p>" for _ in range(20))))[0]
    context.add_init_script("window.print = () => document.documentElement.setAttribute('printed', '')")
    opened()
    page.set_viewport_size({"width": 1280, "height": 800})
    place = ["crm", "person", Person.objects.get().pk, message.thread_id]
    page.goto(site + reverse("escala_email:print_thread", args=place))
    expect(page.locator("html[printed]")).to_be_attached()
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 1000})  # what A4 has between its margins
    shown, needed = page.locator("iframe").evaluate(
        "it => [it.clientHeight, it.contentDocument.body.scrollHeight]"
    )
    assert shown >= needed > 1000


def test_odd_names_subjects_and_crowds_break_nothing(mine, opened, page):
    crowd = ", ".join(f"p{number}@otra.test" for number in range(3000))
    stored(
        mine,
        talk(0, sender=f"{ZALGO} <ana@cliente.test>", subject="", cc=crowd),
        talk(1, sender="\u202eatad moc.ocnab <ana@cliente.test>", subject=""),
        talk(2, sender="jefe@banco.test <ana@cliente.test>", subject="x" * 5000),
    )
    page.set_viewport_size({"width": 375, "height": 800})
    opened()
    page.get_by_role("button", name="Unfold all", exact=True).click()
    messages = page.locator(".escala-message")
    expect(messages.first.locator(".escala-message__to > summary")).to_contain_text("2,999 more")
    messages.first.locator(".escala-message__to > summary").click()
    expect(messages.last.locator(".escala-message__doubt")).to_contain_text("is an address")
    expect(messages.last.locator(".escala-message__summary .escala-message__address")).to_be_visible()
    too_wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not too_wide
