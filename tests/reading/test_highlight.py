"""Marks in what is shown, and nothing in it becomes a tag."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from escala_email_plugin.reading.highlight import AROUND, marked, names, window


def test_a_word_is_marked_whole_without_regard_to_case_and_accents():
    assert marked("La Cotización, cotizaciones", "cotizacion") == (
        "La <mark>Cotización</mark>, <mark>cotizaciones</mark>"
    )
    assert marked("Poliza", "PÓLIZA") == "<mark>Poliza</mark>"
    assert marked("Co\u0301digo", "codigo") == "<mark>Co\u0301digo</mark>"


def test_a_short_word_is_marked_only_where_it_stands_alone():
    assert marked("de donde", "de") == "<mark>de</mark> donde"


def test_what_was_not_searched_is_not_marked():
    assert marked("Hola", "") == marked("Hola", "!!") == marked("Hola", "ola") == "Hola"


def test_parts_of_addresses_and_file_names_are_marked():
    assert marked("ana@cliente.test", "ana cliente") == "<mark>ana</mark>@<mark>cliente</mark>.test"
    assert marked("Cotizacion_2026-10.pdf", "cotización") == "<mark>Cotizacion</mark>_2026-10.pdf"


def test_a_tag_in_a_text_stays_text():
    assert marked("<b>rojo</b> & <script>", "rojo b") == (
        "&lt;<mark>b</mark>&gt;<mark>rojo</mark>&lt;/<mark>b</mark>&gt; &amp; &lt;script&gt;"
    )


@given(st.text(max_size=80), st.text(max_size=20))
def test_whatever_is_marked_says_what_it_said(text, searched):
    plain = re.sub("</?mark>", "", marked(text, searched))
    assert unescape(plain) == unescape(plain.replace("<", "").replace(">", ""))
    assert "<" not in plain
    assert marked(text, "") == plain


def test_a_file_is_named_where_its_name_holds_a_word_also_inside_of_it():
    assert names("PolizaFinal2026.pdf", "final")
    assert names("poliza_final.pdf", "fin")
    assert not names("poliza.pdf", "final")


def test_a_window_shows_the_first_word_among_others():
    text = "antes " * 100 + "el camión rojo " + "después " * 100
    piece = window(text, "camion")
    assert "camión rojo" in piece
    assert piece.startswith("…")
    assert piece.endswith("…")
    assert len(piece) <= AROUND + 2
    assert not piece.startswith("…ntes")


def test_a_window_of_a_text_without_the_word_is_empty():
    assert window("nada", "camion") == window("", "camion") == window("nada", "") == ""


def test_a_window_at_the_beginning_and_of_all_of_a_text_has_no_dots():
    assert window("El camión", "camion") == "El camión"


def test_a_window_has_no_marks_of_quoted_lines():
    assert window("> > antes\n>> el camión\n >rojo, 3 > 2\n", "camion") == "antes el camión rojo, 3 > 2"
