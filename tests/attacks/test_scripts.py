"""No script of a stranger's runs: as a body, a subject, a name, a file's or a folder's name."""

import pytest

from escala_email_plugin.mail.safe_html import safe, text_as_html
from tests.making import letter, stored

from .conftest import CANARY
from .vectors import vectors

VECTORS = vectors()

#: What in a document could run, load or take a name of the page's.
HARM = """(root) => {
    const found = [];
    const plain = (
        'style dir lang align title alt width height color face size border bgcolor valign '
        + 'type value start open datetime target rel col row span colspan rowspan nowrap scope '
        + 'cellpadding cellspacing'
    ).split(' ');
    const bad = 'script,style,iframe,frame,object,embed,applet,base,meta,link,form,input,button,select,'
        + 'textarea,svg,math,template,video,audio,source,track,picture,dialog,area,map,marquee,noscript,'
        + 'slot,portal';
    const { SHOW_ELEMENT, SHOW_COMMENT } = NodeFilter;
    const walker = document.createTreeWalker(root, SHOW_ELEMENT | SHOW_COMMENT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (node.nodeType === Node.COMMENT_NODE) { found.push('comment'); continue; }
        if (node.matches(bad)) found.push(node.localName);
        for (const { name, value } of node.attributes) {
            const isLink = name === 'href' && /^(https?:\\/\\/|mailto:|tel:)/i.test(value);
            const isPicture = name === 'src' && /^data:image\\/(png|gif|jpeg|webp);/.test(value);
            const isOurs = (name === 'class' || name === 'id') && /^escala-/.test(value);
            const isPlain = plain.includes(name);
            const isKnown = isLink || isPicture || isOurs || isPlain;
            if (!isKnown) found.push(`${node.localName} ${name}=${value}`);
            if (name === 'style' && /url|\\\\|@|expression|position|image/i.test(value)) found.push(value);
        }
    }
    return found;
}"""


def test_there_are_thousands_and_no_two_are_the_same():
    assert len(VECTORS) > 5_000
    assert len({one.partition("top.bit(")[0] + one.partition(")")[2] for one in VECTORS}) > 4_000


@pytest.mark.browser
def test_raw_they_do_bite(page):
    """Else the tests below could not fail."""
    some = VECTORS[::23] + VECTORS[-250:]
    page.evaluate(f"() => {{ {CANARY} }}")
    page.evaluate(
        """(all) => all.forEach((one) => {
            const frame = document.createElement('iframe');
            frame.srcdoc = one;
            document.body.append(frame);
        })""",
        some,
    )
    page.wait_for_function("new Set(window.bites).size > 100")


@pytest.mark.browser
def test_made_safe_none_bites_even_without_frame_and_policy(page):
    page.evaluate(f"() => {{ {CANARY} }}")
    for start in range(0, len(VECTORS), 1_000):
        fragments = [safe(one) for one in VECTORS[start : start + 1_000]]
        fragments += [text_as_html(one) for one in VECTORS[start : start + 1_000]]
        found = page.evaluate(
            f"""(all) => {{
                const harm = {HARM};
                const found = [];
                for (const one of all) {{
                    const place = document.createElement('div');
                    document.body.append(place);
                    place.innerHTML = one;
                    found.push(...harm(place));
                    // Written and read once more, it is still what it was.
                    place.innerHTML = place.innerHTML;
                    found.push(...harm(place));
                    place.remove();
                }}
                return found;
            }}""",
            fragments,
        )
        assert found == []
    assert page.evaluate("window.bites") == []
    assert page.dialogs == []


def _letters():
    """Few messages with many vectors each, everywhere in them."""
    # What swallows all that follows comes alone, after the others.
    whole = [
        one for one in VECTORS if not any(end in one for end in ("<plaintext", "<!--", "<template", "<xmp"))
    ]
    bodies = [whole[start : start + 600] for start in range(0, len(whole), 600)]
    bodies += [[one] for one in VECTORS if "<plaintext" in one][:2]
    names = [one.replace("\n", " ").replace("\r", " ").replace("\f", " ") for one in VECTORS[::7]]
    for number, body in enumerate(bodies):
        own = names[number * 20 : number * 20 + 20]
        yield letter(
            f'"{own[0].replace(chr(34), "")[:150]}" <ana@cliente.test>',
            subject=" ".join(one for one in own[1:12] if one.isprintable()),
            text="\n".join(body[:300]),
            html="".join(f"<div>{one}</div>" for one in body).replace("\x00", "\ufffd"),
            message_id=f"m{number}@x.test",
            reply_to="m0@x.test" if number else None,
            minutes=number,
            attachments=[
                (f"{one.replace(chr(34), '')[:100]}.txt", "text/plain", b"x")
                for one in own[12:]
                if one.isprintable()
            ],
        )


@pytest.mark.browser
def test_none_bites_on_the_timeline(opened, mine, outside):
    raws = list(_letters())
    stored(mine, *raws, folder='<img src=x: onerror="top.bit(1)">')
    page = opened(len(raws))
    found = page.evaluate(
        f"""() => {{
            const harm = {HARM};
            const frames = [...document.querySelectorAll('iframe.escala-message__body')];
            return frames.flatMap((one) => harm(one.contentDocument.body));
        }}"""
    )
    assert found == []
    # Round the frames, too.
    around = page.locator(".escala-emails")
    assert (
        around.evaluate("one => one.querySelectorAll('script, object, embed, [onerror], [onload]').length")
        == 0
    )
    assert (
        around.evaluate("one => [...one.querySelectorAll('img')].filter((img) => img.src === 'x:').length")
        == 0
    )
    assert "top.bit" in around.inner_text()
    page.locator("button:has-text('Why is this here?')").evaluate_all(
        "all => all.forEach((one) => one.click())"
    )
    page.wait_for_timeout(500)
    assert page.evaluate("window.bites") == []
    assert page.dialogs == []
    assert outside.asked == set()
