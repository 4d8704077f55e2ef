"""How many stored messages an entry touches."""

import pytest

from escala_email_plugin.privacy import touched as module
from escala_email_plugin.privacy.touched import Touched, touched
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db


def test_each_message_counts_once_whoever_takes_part_how_often(seller, colleague):
    mine, theirs = account(seller), account(colleague, "marcos@andina.test")
    stored(mine, letter("a@cliente.test", cc="a@cliente.test, b@cliente.test"), letter("x@otra.test"))
    stored(theirs, letter("b@cliente.test", "marcos@andina.test"))
    assert touched(["cliente.test"], mine) == Touched(1, False)
    assert touched(["*.cliente.test"], None) == Touched(2, False)
    assert touched(["a@cliente.test"], theirs) == Touched(0, False)
    assert touched(["nobody@cliente.test", "x@otra.test"], mine) == Touched(1, False)


def test_it_is_counted_up_to_a_bound(seller, monkeypatch):
    mine = account(seller)
    stored(mine, *[letter("a@cliente.test", subject=str(n)) for n in range(4)])
    monkeypatch.setattr(module, "MOST", 4)
    assert touched(["cliente.test"], mine) == Touched(4, False)
    monkeypatch.setattr(module, "MOST", 3)
    assert touched(["cliente.test"], mine) == Touched(3, True)
