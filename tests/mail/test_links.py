"""A reader is told where a link leads, and of those that deceive; ordinary ones are left alone."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escala_email_plugin.mail.links import CONCERNS, LONGEST_TEXT, hosts_named, led

from .growth import is_linear

GOLDEN = json.loads((Path(__file__).parent / "links.json").read_text(encoding="utf-8"))
KNOWN = {"cliente.test", "andina.test"}


@pytest.mark.parametrize(("href", "text", "host", "concerns"), GOLDEN)
def test_a_link_is_judged(href, text, host, concerns):
    found = led(href, text, KNOWN)
    assert (found.host, list(found.concerns)) == (host, concerns)


def test_what_is_known_is_no_lookalike_of_something_else_that_is():
    assert led("https://c1iente.test/", "aquí", {"cliente.test", "c1iente.test"}).concerns == ()
    assert led("https://www.cliente.test/", "aquí", {"cliente.test"}).concerns == ()


def test_the_host_is_told_in_letters_too():
    assert led("https://xn--80ak6aa92e.com/", "").shown == "аррӏе.com"


@given(st.text(), st.text())
def test_nothing_makes_it_fail(href, text):
    for one in (href, f"https://{href}", f"mailto:{href}"):
        assert set(led(one, text, KNOWN).concerns) <= set(CONCERNS)


@pytest.mark.parametrize(
    "piece", ["a.", "a@", "www.", "https://", "xn--", "ｗ.", "١", "%40", "@", "\u200b", "-"]
)
def test_it_is_judged_in_time_in_proportion(piece):
    assert is_linear(lambda text: led(f"https://{text}", "x", KNOWN), lambda size: piece * size, 25_000)
    assert is_linear(hosts_named, lambda size: piece * size, 25_000)


def test_of_a_text_only_the_beginning_is_looked_at():
    assert hosts_named(" " * 3 + "x " * LONGEST_TEXT + "https://banco.com") == []
