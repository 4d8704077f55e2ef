"""Of a mail's own names only those stay by which programs mark what they quote, as names of ours."""

import pytest

from escala_email_plugin.mail.quote_marks import mark
from escala_email_plugin.mail.safe_html import safe


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ('<div class="gmail_quote gmail_quote_container">x</div>', '<div class="escala-was-quote">x</div>'),
        (
            '<div dir="ltr" class="gmail_attr">x</div>',
            '<div dir="ltr" class="escala-was-attribution">x</div>',
        ),
        ('<div class="ydp1a2b3cyahoo_quoted">x</div>', '<div class="escala-was-quote">x</div>'),
        ('<div id="divRplyFwdMsg">x</div>', '<div id="escala-was-head">x</div>'),
        ('<div id="x_x_divRplyFwdMsg">x</div>', '<div id="escala-was-head">x</div>'),
        ('<blockquote type="cite">x</blockquote>', '<blockquote type="cite">x</blockquote>'),
        ('<blockquote type="CITE" cite="mid:1@x">x</blockquote>', '<blockquote type="cite">x</blockquote>'),
        ('<blockquote type="evil">x</blockquote>', "<blockquote>x</blockquote>"),
        ('<p class="escala-quote" id="escala-was-quote">x</p>', "<p>x</p>"),
        ('<p class="MsoNormal" id="main">x</p>', "<p>x</p>"),
        ('<ol type="a"><li>x</li></ol>', '<ol type="a"><li>x</li></ol>'),
    ],
)
def test_only_marks_of_quotations_stay(html, kept):
    assert safe(html) == kept
    large = safe(html + "<br>" * 2_000)
    assert large.startswith(kept)


def test_a_name_without_end_is_not_looked_through():
    assert mark("div", "class", "x " * 1_000 + "gmail_quote") is None
