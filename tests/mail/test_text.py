"""The words of HTML, the first new words of a message, and charsets nobody can trust."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escala_email_plugin.mail.charsets import clean, decode
from escala_email_plugin.mail.text import LONGEST_SNIPPET, html_to_text, snippet

from .growth import is_linear

# The words of HTML


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hola, <b>Ana</b>.</p><p>Adiós.</p>", "Hola, Ana.\n\nAdiós."),
        ("uno<br>dos<BR/>tres", "uno\ndos\ntres"),
        ("<div>uno</div><div>dos</div>", "uno\n\ndos"),
        ("<table><tr><td>uno</td><td>dos</td></tr></table>", "uno dos"),
        ("uno\n  dos\r\ntres", "uno dos tres"),
        ("P&oacute;liza &amp; &lt;b&gt; &#8364; &#x20ac;", "Póliza & <b> € €"),
        ("<head><title>Título</title><style>p{}</style></head><body>Hola", "Hola"),
        ("<html><head><meta charset=utf-8><body><p>Hola", "Hola"),
        ("<script>alert('<p>no</p>')</script>sí", "sí"),
        ("<STYLE>a</STYLE >b", "b"),
        ("a<!-- <p>no --> b<!---->c", "a bc"),
        ("a<!-- sin fin <p>", "a"),
        ("3 < 4 y 5 > 4", "3 < 4 y 5 > 4"),
        ("<![if !mso]>Hola<![endif]>", "Hola"),
        ('<a href="https://x.test/?a=1&b=2">aquí</a>', "aquí"),
        ("sin etiquetas", "sin etiquetas"),
        ("", ""),
        ("<", "<"),
        ("<p", ""),
        ("&#0;&#xd800;", "\ufffd\ufffd"),
        ("a&#" + "1" * 5_000 + ";b", "a\ufffdb"),
        ("a&#x" + "f" * 5_000 + ";b", "a\ufffdb"),
        ("a&#00000000000241;b", "añb"),
    ],
)
def test_html_is_read_as_words(html, text):
    assert html_to_text(html) == text


def test_the_reading_stops_at_a_limit():
    assert len(html_to_text("<p>palabra</p>" * 100_000, limit=500)) < 1_000


@given(st.text(alphabet="<>/!-&#;abp \n'\"=x1", max_size=80))
def test_no_html_makes_the_reading_fail(html):
    html_to_text(html).encode("utf-8")


# Snippets


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hola, Ana.\n\nLe envío\tla póliza.\n", "Hola, Ana. Le envío la póliza."),
        ("De acuerdo.\n\n> ¿Seguimos?\n> Ana\n", "De acuerdo."),
        ("> ¿Seguimos?\n\nDe acuerdo.\n", "De acuerdo."),
        (
            "De acuerdo.\n\nOn Tue, 3 Mar 2026 at 09:00, Ana <ana@x.test> wrote:\n> ¿Seguimos?\n",
            "De acuerdo.",
        ),
        ("Vale.\n\nEl mar, 3 mar 2026 a las 9:00, Ana (<ana@x.test>) escribió:\n\n¿Seguimos?", "Vale."),
        ("Vale.\n\nEl mar, 3 mar 2026 a las 9:00, Ana Gómez\n<ana@x.test> escribió:\n¿Seguimos?", "Vale."),
        ("Vale.\n\n-----Mensaje original-----\nDe: Ana\n", "Vale."),
        ("Vale.\n-- \nAna Gómez\nAndina Seguros", "Vale."),
        ("On 3 March I wrote to you about the policy.", "On 3 March I wrote to you about the policy."),
        ("El cliente escribió: quiero la póliza.", "El cliente escribió: quiero la póliza."),
        ("El 3 de marzo Ana escribió: quiero la póliza.", "El 3 de marzo Ana escribió: quiero la póliza."),
        ("-- \nAna", "-- Ana"),
        ("> sólo\n> una cita", "> sólo > una cita"),
        ("", ""),
        (" \n\t\n", ""),
        ("factura\u202efdp.exe", "facturafdp.exe"),
    ],
)
def test_a_snippet_is_what_is_new(text, shown):
    assert snippet(text) == shown


def test_a_long_snippet_is_cut():
    shown = snippet("palabra " * 1_000)
    assert len(shown) <= LONGEST_SNIPPET == 200
    assert shown.endswith("…")
    assert len(snippet("x" * 100_000)) == 200
    assert snippet("x" * 200) == "x" * 200


@given(st.text())
def test_a_snippet_is_one_short_line(text):
    shown = snippet(text)
    assert len(shown) <= 200
    assert shown == " ".join(shown.split())


# Charsets


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        ("Póliza".encode(), "utf-8", "Póliza"),
        ("Póliza".encode(), "UTF8", "Póliza"),
        ("Póliza".encode(), '"utf-8"', "Póliza"),
        ("Póliza".encode(), "", "Póliza"),
        ("Póliza".encode("latin-1"), "", "Póliza"),
        ("Póliza".encode("latin-1"), "us-ascii", "Póliza"),
        ("Póliza".encode("latin-1"), "utf-8", "Póliza"),
        ("Póliza 5 €".encode("cp1252"), "iso-8859-1", "Póliza 5 €"),
        ("Póliza".encode("cp1252"), "windows1252", "Póliza"),
        ("Póliza".encode("utf-16"), "utf-16", "Póliza"),
        ("Póliza".encode("utf-7"), "unicode-1-1-utf-7", "Póliza"),
        ("日本語".encode("iso-2022-jp"), "ISO-2022-JP", "日本語"),
        ("日本語①".encode("cp932"), "shift_jis", "日本語①"),
        ("Привет".encode("koi8-r"), "koi8-r", "Привет"),
        ("镕".encode("gb18030"), "gb2312", "镕"),
        ("똠".encode("cp949"), "ks_c_5601-1987", "똠"),
        ("ไทย".encode("cp874"), "windows-874", "ไทย"),
        ("Póliza".encode(), "nunca-visto", "Póliza"),
        ("Póliza".encode("latin-1"), "nunca-visto", "Póliza"),
        ("Póliza".encode("latin-1"), "unknown-8bit", "Póliza"),
        ("Póliza".encode(), "utf-8\0", "Póliza"),
        ("Póliza".encode(), "../../etc/passwd", "Póliza"),
        ("Póliza".encode(), "x" * 1_000_000, "Póliza"),
        (b"abc", "rot13", "abc"),
        (b"616263", "hex", "616263"),
        (b"\\u0041", "unicode-escape", "\\u0041"),
        (b"a-", "punycode", "a-"),
        (b"\x81\x8d", "cp1252", "\x81\x8d"),
    ],
)
def test_bytes_are_read_by_what_they_are(data, charset, text):
    assert decode(data, charset) == text


def test_one_broken_character_does_not_spoil_the_others():
    assert decode("Renovación de la póliz".encode() + b"\xc3", "utf-8") == "Renovación de la póliz\ufffd"
    assert decode("日本".encode("iso-2022-jp") + b"\x1b$B\xff", "iso-2022-jp").startswith("日本")


TOLD = ["utf-7", "utf-16", "utf-32", "cp1252", "iso-2022-kr", "hz", "big5", "utf-8-sig", "mbcs"]


@given(st.binary(), st.sampled_from(TOLD))
def test_no_bytes_make_the_reading_fail(data, charset):
    cleaned = clean(decode(data, charset))
    cleaned.encode("utf-8")
    assert not set(cleaned) & set("\0\x01\x1b")


@given(st.text(st.characters()))
def test_a_clean_text_stays_as_it_is(text):
    assert clean(clean(text)) == clean(text)


# Time


@pytest.mark.parametrize(
    "piece",
    [
        *("<", "<a", "</", "<!--", "<p>", "<head>", "<script>", "-->", '<p "', " ", "\n", "1"),
        *("&", "&#", "&#1", "&#x", "&#00", "&amp;", "&amp", "&notit;"),
    ],
)
def test_html_is_read_in_time_in_proportion(piece):
    assert is_linear(html_to_text, lambda size: "&#" + piece * size, 25_000)


@pytest.mark.parametrize(
    "piece",
    [
        *("x", "> ", "-- \n", "a@", "\n", " ", "--", "------ ", "\r", "\u202e"),
        *("El ", "El 1 ", "El 1\n", "On 1 x wrote:\n", "on\n", "1 wrote", "escribió"),
    ],
)
def test_a_snippet_takes_no_longer_for_a_long_text(piece):
    assert is_linear(snippet, lambda size: piece * size, 25_000)


@pytest.mark.parametrize(
    "charset", ["utf-8", "cp1252", "utf-7", "iso-2022-jp", "hz", "gb18030", "utf-16", "", "big5"]
)
@pytest.mark.parametrize("piece", [b"\x81", b"\xff", b"+", b"+AA", b"\x1b$B", b"~{", b"\xc3\xb3\xff", b"a"])
def test_bytes_are_read_in_time_in_proportion(charset, piece):
    assert is_linear(lambda data: clean(decode(data, charset)), lambda size: piece * size, 100_000)
