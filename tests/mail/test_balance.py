import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escala_email_plugin.mail.balance import LEVELS, RUN, balanced
from escala_email_plugin.mail.safe_html import FEW, SMALL, safe

NAMES = "a b blockquote br caption dd div font h1 li object p script span style table td tr ul x".split()  # noqa: SIM905
soup = st.lists(
    st.builds("<{}>".format, st.sampled_from(NAMES))
    | st.builds("</{}>".format, st.sampled_from(NAMES))
    | st.builds("<{} {}>".format, st.sampled_from(NAMES), st.text("ab='\"/ <>&;", max_size=12))
    | st.text("<>/!-ab&;#=\"' ", max_size=8),
    max_size=40,
).map("".join)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<b><i>x</b>y</i>", "<b><i>x</i></b>y"),
        ("<ul><li>1<li>2<ul><li>3</ul></ul>", "<ul><li>1</li><li>2<ul><li>3</li></ul></li></ul>"),
        ("<table><tr><td>1<td>2<tr><td>3</table>",
         "<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>"),
        ("<div><table><tr><td>x</div>y</td></tr></table>z</div>",
         "<div><table><tr><td>xy</td></tr></table>z</div>"),
        ("<td>a</td></p>", "a"),
        ("<p>a<table><tr><td>b</table>", "<p>a</p><table><tr><td>b</td></tr></table>"),
        ("a<!-- <b> -->c<!doctype html><?xml?>d", "acd"),
        ("<style>p > b {}</style>x<script>'<p>'</script>y", "xy"),
        ("<o:p>x</o:p><blink>y</blink>", "xy"),
        ("<a HREF=http://x.test title='a>b' onclick=1>y</a>", '<a href="http://x.test" title="a>b">y</a>'),
        ("<p title='say \"hi\"'>x", '<p>x</p>'),
        ("<font color='\"red\"'>x", '<font color="&quot;red&quot;">x</font>'),
        ("1 < 2 & 3 &amp; &copy &lt; &#60; &ntilde;&#243;", "1 &lt; 2 & 3 &amp; &copy &lt; &#60; ñó"),
        ("<br/><hr><img src=cid:a alt=b/>", '<br><hr><img src="cid:a" alt="b/">'),
        ("never <p ends", "never <p></p>"),
    ],
)  # fmt: skip
def test_elements_are_closed_in_order(html, expected):
    assert balanced(html) == expected


@given(soup)
@settings(max_examples=300, deadline=None)
def test_what_is_balanced_stays_as_it_is(html):
    once = balanced(html)
    assert balanced(once) == once


def test_nesting_ends_somewhere_and_the_text_stays():
    html = balanced("<div>x" * 1_000)
    assert html.count("<div>") == html.count("</div>") == LEVELS
    assert html.count("x") == 1_000


def test_a_large_document_looks_as_a_small_one_does():
    row = '<tr><td width="50%" style="color: red">Año &amp; más<br>x</td><td><a href="http://x.test">y</a></td></tr>'
    small, large = (f"<table><tbody>{row * n}</tbody></table>" for n in (1, FEW))
    assert safe(large) == safe(small).replace("</tbody>", safe(small)[14:-16] * (FEW - 1) + "</tbody>")


LOST = "".join(f"<font color={number}>" for number in range(500))


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 40_000,
        "<div><!--</div>-->" * 20_000,
        '<div><x a="></div>">' * 20_000,
        ("<div>" * 250 + "<table><td>" + "</div>" * 250) * 60,
        f"<p>{LOST}" + "<p>x" * 20_000,
        f"<div>{LOST}" + "</div><div>x" * 20_000,
        f"<table>{LOST}" + "<tr>x" * 20_000,
        "<p " + " ".join(f"a{number}=1" for number in range(100_000)) + ">",
        "&#" * 500_000,
        "&" * 300_000,
        "&nbsp;" * 300_000,
        "\u00a0" * 1_000_000,
        "\u00a0<!---->" * 200_000,
        "<p title='" + "\u00a0" * 1_000_000 + "'>",
        ("<p title='" + "\u00a0" * 9_000 + "'>") * 100,
        "&a" * 500_000,
        "&nosuch;" * 100_000,
        "<a>" * 70_000,
        "<!--" * 100_000,
        "<style>" * 70_000,
        "<p style='" + "color: red;" * 40_000 + "'>x",
        "<x a='\"" * 60_000,
    ],
)
def test_no_document_takes_long_or_grows_much(html):
    started = time.perf_counter()
    shown = safe(html)
    assert time.perf_counter() - started < 3
    assert len(shown) < 20 * len(html) + 100


def test_a_long_text_is_written_in_pieces_and_nothing_is_lost():
    words = "uno dos &amp; tres " * 10_000
    html = balanced(words)
    assert html.replace("<wbr>", "") == words
    assert max(len(piece) for piece in html.split("<wbr>")) <= RUN
    assert not [piece for piece in html.split("<wbr>") if piece.endswith(("&", "&a", "&am", "&amp"))]


def test_no_document_called_small_takes_long():
    for piece in ("<font color={}>", "<div title={}>", "<b class={}>"):
        html = "<p>" + "".join(piece.format(number) for number in range(FEW // 2)) + "<p>x" * (FEW // 2 - 1)
        assert html.count("<") <= FEW
        assert len(html) <= SMALL
        started = time.perf_counter()
        safe(html)
        assert time.perf_counter() - started < 1
