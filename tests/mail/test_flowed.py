"""format=flowed texts become paragraphs again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escala_email_plugin.mail.flowed import unflowed

from .growth import is_linear


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("Hola, \nqué tal.\n", "Hola, qué tal.\n"),
        ("Uno.\nDos.\n", "Uno.\nDos.\n"),
        ("Uno \ndos \ntres\n\ncuatro\n", "Uno dos tres\n\ncuatro\n"),
        (" sangrado\n  dos\n", "sangrado\n dos\n"),
        (" >no es cita\n From aquí\n", ">no es cita\nFrom aquí\n"),
        # quotations keep apart (RFC 3676 4.5)
        ("> Uno \n> dos\nTres\n", "> Uno dos\nTres\n"),
        ("> Uno \n>> dos\n", "> Uno \n>> dos\n"),
        (">> a \n>> b \n> c\n", ">> a b \n> c\n"),
        ("> > a \n> > b\n", "> > a > b\n"),
        # signatures are never joined (RFC 3676 4.3)
        ("Un saludo \n-- \nAna\n", "Un saludo \n-- \nAna\n"),
        ("> Un saludo \n> -- \n> Ana\n", "> Un saludo \n> -- \n> Ana\n"),
        # open at the end
        ("Hola ", "Hola "),
        ("Hola \n", "Hola "),
        ("", ""),
        ("\n\n", "\n\n"),
    ],
)
def test_paragraphs_are_joined(sent, meant):
    assert unflowed(sent) == meant


def test_with_delsp_the_last_blank_of_a_line_is_not_meant():
    assert unflowed("これは \n長い\n", delsp=True) == "これは長い\n"
    assert unflowed("Hola,  \nqué tal\n", delsp=True) == "Hola, qué tal\n"
    assert unflowed("Adiós\n-- \nAna\n", delsp=True) == "Adiós\n-- \nAna\n"


@given(st.text(alphabet="a >-\n", max_size=60))
def test_no_word_is_lost(text):
    assert unflowed(text).count("a") == text.count("a")
    assert unflowed(text, delsp=True).count("a") == text.count("a")


@pytest.mark.parametrize("piece", ["a \n", "> a \n", ">", "> ", "\n", "-- \n", " ", ">a \n>>b \n"])
def test_a_text_is_joined_in_time_in_proportion(piece):
    assert is_linear(unflowed, lambda size: piece * size, 50_000)
