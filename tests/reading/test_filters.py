"""What narrows a list, read from a URL and written into one."""

from datetime import date

import pytest
from django.http import QueryDict

from escala_email_plugin.reading.filters import Filters


def test_what_is_written_into_a_url_is_read_from_it():
    filters = Filters("in", 3, True, date(2026, 1, 2), date(2026, 2, 1), "us", "póliza 7")
    assert Filters.read(filters.query()) == filters


def test_without_parameters_nothing_is_narrowed():
    filters = Filters.read(QueryDict(""))
    assert not filters
    assert filters.query() == {}


@pytest.mark.parametrize(
    "nonsense",
    [
        "direction=up",
        "mailbox=x",
        "mailbox=-1",
        "mailbox=0",
        "mailbox=²",
        "mailbox=" + "9" * 5000,
        "files=yes",
        "since=2026-02-30",
        "until=tomorrow",
        "waiting=nobody",
        "q=%00",
        "q=%20%20",
    ],
)
def test_nonsense_is_as_if_it_were_not_there(nonsense):
    assert not Filters.read(QueryDict(nonsense))


def test_a_search_keeps_to_a_length_and_to_what_a_database_takes():
    read = Filters.read({"q": "a\0b\ud800 " + "x" * 1000})
    assert read.text.startswith("a b x")
    assert len(read.text) == 200
