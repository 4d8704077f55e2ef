"""What a signature may hold."""

import pytest

from escala_email_plugin.mail.signature import LONGEST, clean


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ('<p data-block-key="x7">Hola <b>Ana</b></p>', "<p>Hola <b>Ana</b></p>"),
        ("<ul><li><i>uno</i></li></ul>", "<ul><li><i>uno</i></li></ul>"),
        ("<h1>Grande</h1>", "Grande"),
        ("<p>a</p><script>x()</script><style>b{}</style>", "<p>a</p>"),
        ('<p style="position:fixed" class="x" id="y">a</p>', "<p>a</p>"),
        ('<p>a<img src="https://x.test/p.gif"></p>', "<p>a</p>"),
        ("<p></p>", ""),
        ("<p><br>&nbsp;</p>", ""),
        ("", ""),
    ],
)
def test_a_few_means_stay_and_all_else_goes(html, kept):
    assert clean(html) == kept


@pytest.mark.parametrize("url", ["https://andina.test/?a=1", "mailto:ana@cliente.test", "tel:+5411"])
def test_links_that_a_mail_program_opens_stay(url):
    assert f'href="{url}"' in clean(f'<p><a href="{url}" onclick="x()">a</a></p>')


@pytest.mark.parametrize("url", ["javascript:x", "None", "/interna/", "#a", "vbscript:x", "", "cid:1"])
def test_other_links_are_text(url):
    assert "href" not in clean(f'<p><a href="{url}">a</a></p>')


def test_cleaning_again_changes_nothing():
    once = clean('<p>a <a href="https://x.test/?a=1&b=2">b</a></p><ol><li>c</li></ol>')
    assert clean(once) == once


def test_what_is_too_long_is_cut():
    assert len(clean("<p>" + "x" * LONGEST * 2)) < LONGEST + 20
