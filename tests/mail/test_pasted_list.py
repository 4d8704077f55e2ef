"""What people paste: mail programs' lists, spreadsheets, thousands of lines, and junk."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escala_email_plugin.mail import pasted_list
from escala_email_plugin.mail.pasted_list import pasted

from .growth import is_linear


def told(text):
    return [(one.number, one.text, one.code) for one in pasted(text).not_understood]


def test_lines_commas_semicolons_and_tabs_separate():
    found = pasted("\ufeffana@a.test\r\nluis@a.test, eva@a.test; zoe@a.test\n\nmax@a.test\ttom@a.test\n")
    assert found.entries == [f"{name}@a.test" for name in ("ana", "luis", "eva", "zoe", "max", "tom")]
    assert not found.not_understood


def test_domains_stand_on_lines_of_their_own():
    found = pasted("otra.test\n*.tercera.test\n@cuarta.test, quinta.test")
    assert found.entries == ["otra.test", "*.tercera.test", "cuarta.test", "quinta.test"]


def test_names_as_mail_programs_write_them_are_passed_over():
    found = pasted('Ana Gómez <Ana@A.test>, "Díaz, Luis" <luis@a.test>; <eva@a.test>\nmailto:zoe@a.test')
    assert found.entries == ["ana@a.test", "luis@a.test", "eva@a.test", "zoe@a.test"]
    assert not found.not_understood


def test_of_a_spreadsheets_columns_the_address_counts():
    found = pasted(
        '"Nombre","Correo","Teléfono"\n"Gómez, Ana","ana@a.test","+51 1 555 0100"\nLuis;luis@a.test;Lima'
    )
    assert found.entries == ["ana@a.test", "luis@a.test"]
    assert {one.number for one in found.not_understood} == {1}


def test_a_domain_beside_an_address_may_be_a_website_and_is_told():
    found = pasted("ana@a.test, Ana, b.test")
    assert found.entries == ["ana@a.test"]
    assert [(one.text, one.code) for one in found.not_understood] == [("b.test", "beside")]


def test_comments_and_duplicates_are_no_complaint():
    found = pasted("# los de siempre\nana@a.test # la jefa\nANA@a.test\n")
    assert (found.entries, found.duplicates, found.not_understood) == (["ana@a.test"], 1, [])


def test_what_is_not_understood_says_which_line_and_why():
    assert told("ana@a.test\n@\nhola mundo\n*.com\nx*y@a.test") == [
        (2, "@", "everything"),
        (3, "hola mundo", "no_address"),
        (4, "*.com", "top_level"),
        (5, "x*y@a.test", "wildcard"),
    ]


def test_what_is_no_address_stays_as_it_was_pasted():
    assert told("<b>x</b>\nAna <sin correo>") == [
        (1, "<b>x</b>", "no_address"),
        (2, "Ana <sin correo>", "no_address"),
    ]


def test_a_bad_address_beside_a_good_one_is_told():
    found = pasted("ana@a.test, luis@@a.test, Lima")
    assert found.entries == ["ana@a.test"]
    assert [one.text for one in found.not_understood] == ["luis@@a.test"]


def test_what_is_shown_is_short_and_can_be_seen():
    (one,) = pasted("\x00\u202e" + "<b>" * 400).not_understood[:1]
    assert len(one.shown) <= pasted_list.SHOWN
    assert one.shown.isprintable()


def test_five_thousand_lines_with_junk_among_them():
    chance = random.Random(5)
    junk = ["", "@", "*", "x@@y", "\x07", "=?utf-8?q?=40?=", "a" * 300, "<script>alert(1)</script>", "ñ" * 60]
    lines = [f"Ana {n} <ana{n}@cliente{n % 50}.test>" if n % 10 else chance.choice(junk) for n in range(5000)]
    found = pasted("\n".join(lines))
    assert len(found.entries) == 4500
    assert all(one.code for one in found.not_understood)
    assert not found.is_cut


def test_too_much_is_cut_and_says_so(monkeypatch):
    monkeypatch.setattr(pasted_list, "MOST", 10)
    found = pasted("\n".join(f"a{n}@a.test" for n in range(12)))
    assert (len(found.entries), found.is_cut) == (10, True)
    monkeypatch.setattr(pasted_list, "LONGEST", 20)
    assert pasted("ana@a.test\n" * 5).is_cut


@pytest.mark.parametrize("piece", ["a@a.test,", '"', "<", "mailto:", "# ", "@", "x ", '"a,b'])
def test_the_time_grows_with_the_length(piece):
    assert is_linear(pasted, lambda size: piece * (size // len(piece)), 50_000)


@given(st.text(max_size=300))
def test_whatever_is_pasted_is_read_without_an_error(text):
    found = pasted(text)
    assert len(set(found.entries)) == len(found.entries)
    assert pasted("\n".join(found.entries)).entries == found.entries
