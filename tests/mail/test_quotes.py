"""Quotations and signatures are folded, and nothing that is new."""

import re
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escala_email_plugin.mail.bodies import sort_parts
from escala_email_plugin.mail.headers import decoded
from escala_email_plugin.mail.mime import read
from escala_email_plugin.mail.quote_html import AFTER, BEFORE
from escala_email_plugin.mail.quotes import fold_html, fold_text, new_text
from escala_email_plugin.mail.safe_html import safe

from .forwards import FORWARDS
from .growth import is_linear
from .quoted import QUOTED, Quoted
from .test_safe_html import FLOODS, PIECES, harm

GIF = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
QUOTE, SIGNATURE = "Texto & citado", "Firma <b>"
STARTS = [BEFORE.format(words) for words in ("Texto &amp; citado", "Firma &lt;b&gt;")]
WORD = re.compile(r"(nuevo|visto|citado|firma)\d+")


def folded(html: str, subject: str = "Re: x") -> str:
    return fold_html(html, QUOTE, SIGNATURE, subject)


def pieces(html: str) -> list[tuple[bool, str]]:
    """A folded fragment as ``(is folded, HTML)``, without what was put round it."""
    out: list[tuple[bool, str]] = []
    rest = html
    while start := next(iter(sorted((rest.find(one), one) for one in STARTS if one in rest)), None):
        out.append((False, rest[: start[0]]))
        rest = rest[start[0] + len(start[1]) :]
        depth, end = 1, 0
        for tag in re.finditer(r"</?details\b", rest):
            depth += -1 if tag[0][1] == "/" else 1
            if not depth:
                end = tag.start()
                break
        out.append((True, rest[:end]))
        rest = rest[end + len(AFTER) :]
    return [*out, (False, rest)]


def shown(sample: Quoted) -> tuple[str, str]:
    """What is seen of a mail, and what is folded."""
    if sample.html:
        found = pieces(folded(safe(sample.html, {"1": GIF}), sample.subject))
    else:
        found = [(part.kind != "new", part.text) for part in fold_text(sample.text, sample.subject)]
    seen, hidden = (
        "".join(text for is_folded, text in found if is_folded is which) for which in (False, True)
    )
    return seen, hidden


def words(text: str) -> set[str]:
    return {found[0] for found in WORD.finditer(text)}


# Mails of the programs


def test_there_are_enough_samples():
    assert len(QUOTED) >= 100


@pytest.mark.parametrize("name", QUOTED)
def test_what_is_new_is_seen_and_what_is_quoted_is_folded(name):
    sample = QUOTED[name]
    seen, hidden = shown(sample)
    assert {word for word in words(hidden) if word.startswith(("nuevo", "visto"))} == set()
    assert {word for word in words(seen) if word.startswith(("citado", "firma"))} == set()
    assert words(seen) | words(hidden) == words(sample.text + sample.html)


def test_nothing_new_is_lost_and_nearly_all_that_is_quoted_is_found(capsys):
    lost = right = missed = 0
    for sample in QUOTED.values():
        seen, hidden = (words(text) for text in shown(sample))
        lost += sum(word.startswith(("nuevo", "visto")) for word in hidden)
        right += sum(word.startswith(("citado", "firma")) for word in hidden)
        missed += sum(word.startswith(("citado", "firma")) for word in seen)
    with capsys.disabled():
        print(f"\n{len(QUOTED)} mails: {lost} words lost, {missed} of {right + missed} not folded")
    assert lost == 0
    assert right / (right + missed) >= 0.98


@pytest.mark.parametrize("name", FORWARDS)
def test_what_is_forwarded_is_news(name):
    root = read(FORWARDS[name].raw)
    subject, bodies = decoded(root.first("subject")), sort_parts(root)
    assert [part.text for part in fold_text(bodies.text, subject) if part.kind == "quote"] == []
    fragment = safe(bodies.html)
    assert [html for is_folded, html in pieces(folded(fragment, subject)) if is_folded] == []


def test_an_unannounced_forward_is_news_whatever_its_subject():
    """Outlook announces it by the subject alone; without one that says "RE:" nobody can tell."""
    for name in ("outlook es", "outlook web de"):
        root = read(FORWARDS[name].raw)
        bodies = sort_parts(root)
        for subject in ("", "Presupuesto", "RV: Presupuesto", "WG: Presupuesto"):
            assert {part.kind for part in fold_text(bodies.text, subject)} == {"new"}
            assert folded(safe(bodies.html), subject) == safe(bodies.html)


# What is made of them


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("Hola.\n\nEl 3/3/26 a las 9:12, Ana escribió:\n> ¿Precio?\n", "Hola."),
        ("El 3/3/26 a las 9:12, Ana escribió:\n> ¿Precio?\n\nCien.\n\n> ¿Plazo?\n\nDos días.\n-- \nLuis",
         "Cien.\n\n\nDos días."),
        ("> solo\n> citado", "> solo\n> citado"),
        ("-- \nLuis", "-- \nLuis"),
        ("", ""),
        ("Te paso esto.\n\n---------- Forwarded message ---------\nFrom: Ana <ana@x.test>\n> Hola",
         "Te paso esto.\n\n---------- Forwarded message ---------\nFrom: Ana <ana@x.test>\n> Hola"),
    ],
)  # fmt: skip
def test_only_what_is_new_is_taken(text, new):
    assert new_text(text, "Re: x") == new


def test_what_unfolds_a_quotation_is_text():
    html = (
        '<p>Sí.</p><div class="escala-was-quote"><p class="escala-was-attribution">Ana:</p>'
        "<blockquote>No.</blockquote></div>"
    )
    before, inside = pieces(folded(html))[:2]
    assert before == (False, "<p>Sí.</p>")
    assert inside == (True, html.removeprefix("<p>Sí.</p>"))
    assert "<summary>Texto &amp; citado</summary>" in folded(html)


LINES = st.sampled_from(
    [
        *(
            "Hola.",
            "",
            " ",
            "> citado",
            ">> más",
            ">",
            ">From x",
            "-- ",
            "--",
            "-- \r",
            "Luis",
            "¿Sí?",
            "P.D.: x",
        ),
        *(
            "El 3/3/26 a las 9:12, Ana <ana@x.test> escribió:",
            "On 3 Mar 2026 at 9:12, Ana wrote:",
            "escribió:",
        ),
        *(
            "De: Ana <ana@x.test>",
            "Enviado: 3/3/2026 9:12",
            "Para: Luis",
            "Asunto: x",
            "From: Ana",
            "Sent: x",
        ),
        *(
            "-----Mensaje original-----",
            "---------- Forwarded message ---------",
            "_" * 32,
            "Sent from my iPhone",
        ),
        *("Begin forwarded message:", "más abajo", "[Luis Pérez] no", "\u2028", "\0", "a" * 500),
    ]
)
SUBJECTS = st.sampled_from(["", "x", "Re: x", "Fwd: x", "R", "\0"])


@settings(max_examples=400)
@given(st.lists(LINES, max_size=20).map("\n".join) | st.text(), SUBJECTS)
def test_the_pieces_of_a_text_are_the_text(text, subject):
    parts = fold_text(text, subject)
    assert "".join(part.text for part in parts) == text
    assert any(part.kind == "new" for part in parts) or not parts
    assert new_text(text, subject) in text or "\n" in text


MARKED = st.sampled_from(
    [
        *(
            '<div class="gmail_quote">',
            '<div class="gmail_attr">',
            '<div class="yahoo_quoted">',
            "</div>",
            "<div>",
        ),
        *(
            '<blockquote type="cite">',
            "<blockquote>",
            "</blockquote>",
            "<p>",
            "</p>",
            "<br>",
            "<hr>",
            "<table>",
        ),
        *(
            "<tr>",
            "<td>",
            "</td>",
            "</table>",
            "<ul>",
            "<li>",
            "</ul>",
            "<pre>",
            "</pre>",
            "<b>",
            "</b>",
            "<span>",
        ),
        *(
            '<div id="Signature">',
            '<div id="divRplyFwdMsg">',
            '<a href="https://x.test/">',
            "</a>",
            "<details>",
        ),
        *(
            "<summary>",
            "</summary>",
            "</details>",
            '<div style="border-left:1px solid">',
            '<img src="cid:1">',
        ),
        *("Hola", "\n", " ", "&gt; citado", "-- ", "El 3/3/26 a las 9:12, Ana &lt;ana@x.test&gt; escribió:"),
        *(
            "<b>De:</b> Ana<br><b>Enviado:</b> 3/3/2026 9:12<br><b>Para:</b> Luis<br>",
            "&nbsp;",
            "&amp;",
            "¿Sí?",
        ),
    ]
)


@settings(max_examples=800)
@given(st.lists(MARKED, max_size=25).map("".join), SUBJECTS)
def test_html_is_only_wrapped(html, subject):
    fragment = safe(html, {"1": GIF})
    made = folded(fragment, subject)
    found = pieces(made)
    assert "".join(text for _, text in found) == fragment
    # What is folded are whole elements: nothing is closed or moved by what was put round it.
    for is_folded, text in found:
        whole = re.sub("<img[^>]*>", "x", text)
        # A link in a table in a link is already read differently a second time, wrapped or not.
        if is_folded and "<table" not in whole:
            assert safe(whole).count("<") == whole.count("<")
    assert harm(made.replace(' class="escala-quote"', "")) == []


@given(st.lists(PIECES, max_size=20).map("".join))
def test_no_fragment_makes_it_fail(html):
    assert "".join(text for _, text in pieces(folded(safe(html)))) == safe(html)
    folded(html)


# Time

LONG = [
    *(
        "> ",
        "> \n",
        ">\n",
        "-- \n",
        "x\n-- \n",
        "--\n",
        "x",
        "x ",
        "\n",
        " \n",
        "On ",
        "On 1",
        "El 3/3/26 9:12 a@b\n",
    ),
    *(
        "El 3 de marzo,\n",
        "escribió:\n",
        "a@b escribió:\n",
        "From: a\n",
        "De: a\nEnviado: b\nPara: c\n",
        "To: a@b\n",
    ),
    *(
        "-----Original Message-----\n",
        "_" * 20 + "\n",
        "a@b\n",
        "<",
        "wrote ",
        "On 1 wrote",
        "Sent from ",
        "enviado ",
    ),
    *(
        "[",
        "[a",
        "¿",
        "? ",
        "p.d.: \n",
        "escribio a ecrit ",
        "> x\ny\n",
        "Sent from my iPhone\n",
        "On 1 wrote:\n> x\ny\n",
    ),
]


def flood(before: str, piece: str, times: int) -> str:
    return before + piece * times


def read_twice(text: str) -> None:
    fold_text(text, "Re: x")
    new_text(text)


@pytest.mark.parametrize("piece", LONG)
def test_the_time_for_a_text_grows_with_its_length(piece):
    assert is_linear(read_twice, partial(flood, "Hola\n", piece), 3_000)


MARKS = [
    *(
        '<div class="gmail_quote">x',
        '<blockquote type="cite">x',
        '<div id="Signature">x',
        '<div id="Signature">',
    ),
    *("<pre>\n", '<div class="gmail_attr">x:', *(f"{one.strip()}<br>" for one in LONG)),
]


@pytest.mark.parametrize("piece", [*FLOODS, *MARKS])
def test_the_time_for_html_grows_with_its_length(piece):
    made = {size: safe(f"<p>Hola</p>{piece * size}") for size in (1_500, 6_000)}
    assert is_linear(folded, made.__getitem__, 1_500)


def test_elements_without_end_are_no_trouble():
    html = "<p>x</p>" + "<div>" * 50_000 + "y" + "</div>" * 50_000
    assert folded(html) == html
    quotes = '<p>x</p><blockquote type="cite">' * 30_000 + "y" + "</blockquote>" * 30_000
    assert "".join(text for _, text in pieces(folded(quotes))) == quotes
