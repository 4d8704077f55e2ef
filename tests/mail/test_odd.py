"""Whatever comes is read, or called unreadable by the name that is expected."""

import pytest

from escala_email_plugin.mail.parse import Unreadable, parse

from .odd import ANA, LETTERS
from .test_parse import ARRIVED, check


def test_there_are_hundreds():
    assert len(LETTERS) > 500


@pytest.mark.parametrize("name", LETTERS)
def test_an_odd_message_is_read_or_called_unreadable(name):
    odd = LETTERS[name]
    check(odd.raw)
    if odd.error:
        with pytest.raises(Unreadable) as caught:
            parse(odd.raw, ARRIVED)
        assert caught.value.code == odd.error
    else:
        assert ANA in {person.address for person in parse(odd.raw, ARRIVED).people}


def test_no_two_of_them_are_one():
    keys = [parse(odd.raw, ARRIVED).key for odd in LETTERS.values() if not odd.error]
    assert len(set(keys)) == len(keys)
