"""Initials and a colour for somebody, whatever the name is made of."""

import pytest

from escala_email_plugin.reading.avatars import COLOURS, avatar


@pytest.mark.parametrize(
    ("name", "address", "initials"),
    [
        ("Ana Gómez", "ana@cliente.test", "AG"),
        ("ana maría de la gómez", "ana@cliente.test", "AG"),
        ("Ana", "ana@cliente.test", "A"),
        ("", "pedro@cliente.test", "P"),
        ("ana@otra.test", "pedro@cliente.test", "P"),
        ("«Óscar» (Ventas)", "o@x.test", "ÓV"),
        ("Z̵̢a̴l̸g̷o̶ T̵e̷x̶t̸", "z@x.test", "ZT"),
        ("\u202eאבג דהו", "a@x.test", "אד"),
        ("ßeta", "a@x.test", "S"),
        ("… — !", "9@x.test", "9"),
        ("", "", "?"),
        ("<script>", "a@x.test", "S"),
    ],
)
def test_initials_are_letters_whatever_stands_around_them(name, address, initials):
    assert avatar(name, address).initials == initials


def test_the_colour_belongs_to_the_address():
    assert avatar("Ana", "ana@cliente.test").colour == avatar("A. Gómez", "ana@cliente.test").colour
    colours = {avatar("", f"a{n}@cliente.test").colour for n in range(200)}
    assert colours == set(range(COLOURS))
