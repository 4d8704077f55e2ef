"""A person is taken out of what others wrote, however name and address are encoded, and nobody else is."""

import re
from html import escape, unescape
from urllib.parse import quote, unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from escala_email_plugin.mail.redact import MARK, NAMES, Redactor, is_telling, spellings

from .growth import is_linear

ANA = "ana@cliente.test"
REDACTOR = Redactor([ANA], ["Ana Gómez", "Anita"])

#: Ways to write the address that its reader takes for the same.
WRITTEN = [
    ANA,
    "ANA@Cliente.TEST",
    "ana%40cliente.test",
    "ana%2540cliente.test",
    "%61%6E%61%40cliente%2Etest",
    "ana&#64;cliente.test",
    "ana&#x40;cliente&#46;test",
    "ana&commat;cliente&period;test",
    "&#97&#110;&#x61;@cliente.test",
    "ana&#37;40cliente.test",
]


@pytest.mark.parametrize("written", WRITTEN)
def test_the_address_is_found_however_it_is_written(written):
    for source in (
        f"Escribe a {written}, por favor.",
        f"https://x.test/?a={written}&b",
        f"<{written}>",
        written,
    ):
        assert REDACTOR.text(source) == source.replace(written, MARK)
    html = f'<p title="{written}">Hola <a href="mailto:{written}?subject=x">{written}</a>.</p>'
    assert REDACTOR.html(html) == html.replace(written, MARK)


def test_what_nobody_sees_hides_nothing():
    assert REDACTOR.text("a an\u00ada@cliente.\u200btest b") == f"a {MARK}\u00ad\u200b b"
    assert REDACTOR.html("Ana&shy; Gó&ZeroWidthSpace;mez") == f"{MARK}&shy;&ZeroWidthSpace;"


@pytest.mark.parametrize("tags", [("<b>", "</b>"), ("<wbr>", ""), ("<span class='x'>", "</span>")])
def test_tags_in_the_middle_of_it_stay_and_hide_nothing(tags):
    open_, close = tags
    assert REDACTOR.html(f"a {open_}ana@{close}cliente.test b") == f"a {open_}{MARK}{close} b"


def test_what_only_a_tag_parts_from_the_next_word_is_found():
    assert REDACTOR.html(f"<i>{ANA}</i><span>Tel. 1</span>") == f"<i>{MARK}</i><span>Tel. 1</span>"
    assert REDACTOR.html("<tr><td>Ana</td><td>Gómez</td></tr>") == f"<tr><td>{MARK}</td><td></td></tr>"


@pytest.mark.parametrize(
    "written",
    ["Ana Gómez", "ANA GÓMEZ", "Ana Gomez", "Ana Go\u0301mez", "Gómez, Ana", "Gómez Ana", "Ana+G%C3%B3mez"],
)
def test_the_name_is_found_in_either_order_and_without_its_accents(written):
    assert REDACTOR.text(f"De: {written} (Madrid)") == f"De: {MARK} (Madrid)"
    assert REDACTOR.html(f"<b>{written}</b>") == f"<b>{MARK}</b>"


def test_a_name_is_found_where_a_quoted_line_breaks():
    assert REDACTOR.text("El lunes Ana\n> Gómez\n> escribió:") == f"El lunes {MARK}\n> \n> escribió:"


def test_entities_in_a_name_are_read():
    assert REDACTOR.html("<p>Ana&nbsp;G&oacute;mez</p>") == f"<p>{MARK}</p>"


@pytest.mark.parametrize(
    "other",
    [
        "juana@cliente.test",
        "maria.ana@cliente.test",
        "ana@cliente.test.mx",
        "ana@cliente.testing",
        "ana@cliente.test-2.mx",
        "ana+pagos@cliente.test",
        "pagos+ana@cliente.test",
        "Ana Gómezcaña",
        "Mariana Gómez",
        "Ana",
        "Gómez",
        "anita",
        "Anitas",
    ],
)
def test_nobody_else_is_touched(other):
    assert REDACTOR.text(f"a {other} b") == f"a {other} b"
    assert REDACTOR.html(f"<p title='{other}'>{other}</p>") == f"<p title='{other}'>{other}</p>"


def test_a_domain_of_another_alphabet_is_found_as_people_write_it():
    redactor = Redactor(["ana@xn--seor-hqa.test"])
    assert redactor.text("a ana@señor.test, ana@xn--seor-hqa.test") == f"a {MARK}, {MARK}"
    assert redactor.text("a ana%40se%C3%B1or.test") == f"a {MARK}"
    assert "ana@señor.test" in spellings("ana@xn--seor-hqa.test")


def test_a_name_that_could_be_any_word_is_not_looked_for():
    for name in ("", "de", "12345", "@", "otra@cliente.test", "..."):
        assert not is_telling(name)
        assert Redactor([ANA], [name]).text(f"{name} de 12345") == f"{name} de 12345"
    assert is_telling("田中")
    assert Redactor([ANA], ["田中"]).text("田中さん") == f"{MARK}さん"
    assert Redactor([ANA], ["김철수"]).text("김철수님 강창식") == f"{MARK}님 강창식"


def test_somebody_with_a_thousand_names_is_looked_for_by_the_longest():
    names = [f"Ana {'x' * number}" for number in range(1, 1000)]
    redactor = Redactor([ANA], names)
    assert redactor.text(names[-1]) == MARK
    assert redactor.text(names[-NAMES - 1]) == names[-NAMES - 1]


def test_what_is_no_regular_expression_is_none():
    redactor = Redactor(["a*b|c@cliente.test"], ["A (.*) [b]+"])
    assert redactor.text("xyz a*b|c@cliente.test") == f"xyz {MARK}"


WORDS = st.sampled_from(
    [
        *WRITTEN,
        *("Ana", "Gómez", "Ana Gómez", "Anita", "ana", "cliente.test", "x", MARK),
        *(" ", "\n> ", "<b>", "</b>", "&amp;", "%", "&#64;", "@", ".", "<", ">"),
    ]
)
SOURCES = st.lists(st.one_of(WORDS, st.text(max_size=5)), max_size=30).map("".join)


@given(SOURCES)
@example("ana@cliente.test.Ana Gómez")
def test_what_was_redacted_is_redacted(source):
    assert REDACTOR.text(REDACTOR.text(source)) == REDACTOR.text(source)
    assert REDACTOR.html(REDACTOR.html(source)) == REDACTOR.html(source)


@given(SOURCES)
def test_all_that_is_taken_away_was_of_the_person(source):
    """What is left stands in the source in this order, and each mark for something."""
    for redacted in (REDACTOR.text(source), REDACTOR.html(source)):
        at = 0
        for kept in redacted.replace(MARK, "\0").split("\0") if MARK not in source else ():
            for char in kept:
                at = source.index(char, at) + 1


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from([str, escape, quote]))
def test_the_address_between_blanks_is_never_left(before, after, encoded):
    for redacted in (
        REDACTOR.text(f"{before} {encoded(ANA)} {after}"),
        REDACTOR.html(f"{escape(before)} {encoded(ANA)} {escape(after)}"),
    ):
        words = re.split(r"\s+", unescape(unquote(redacted)).lower())
        assert ANA not in words


@pytest.mark.parametrize(
    "piece",
    [
        "<a",
        "&",
        "&lt",
        "&#9",
        "%25",
        "%",
        "ana@",
        "Ana ",
        "Ana\n>",
        " \n",
        "<",
        ">",
        "\u0301",
        ANA,
        "a" * 50 + "@",
    ],
)
def test_no_text_takes_long(piece):
    for redact in (REDACTOR.text, REDACTOR.html):
        assert is_linear(redact, lambda size: piece * (size // len(piece)), 50_000)
