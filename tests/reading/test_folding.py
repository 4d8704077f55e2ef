"""Runs of grey lines in one that unfolds."""

from datetime import UTC, date, datetime

import pytest

from escala_email_plugin.privacy.access.standing import Standing
from escala_email_plugin.reading.folding import MANY, Folded, folded
from escala_email_plugin.reading.hidden import Hidden
from tests.making import account, letter, stored


def line(number, who="Lucía", **values):
    return Hidden(number, who, date(2026, 3, 31 - number), **values)


def test_lines_in_a_row_are_one_and_what_can_be_read_stands_between():
    rows = [line(one) for one in range(MANY)]
    (first, letter, *rest) = folded([*rows, "a conversation", line(8), line(9)])
    assert first == Folded(rows)
    assert (first.who, first.since, first.until) == ("Lucía", rows[-1].day, rows[0].day)
    assert letter == "a conversation"
    assert rest == [line(8), line(9)]


def test_a_few_lines_stand_as_they_are():
    rows = [line(one) for one in range(MANY - 1)]
    assert list(folded(rows)) == rows


def test_lines_of_different_people_are_not_one():
    rows = [line(1), line(2), line(3, "Marcos"), line(4), line(5)]
    assert list(folded(rows)) == rows


@pytest.mark.parametrize("became", [{"asked_at": datetime(2026, 4, 1, tzinfo=UTC)}, {"refused": True}])
def test_a_line_that_was_asked_for_stands_by_itself(became):
    asked = line(3, standing=Standing(**became))
    found = list(folded([line(0), line(1), line(2), asked, line(4)]))
    assert found == [Folded([line(0), line(1), line(2)]), asked, line(4)]


@pytest.mark.django_db
def test_the_page_says_how_many_and_from_when_to_when(seller, colleague, look):
    stored(account(seller), *[letter(subject=f"S{n}", minutes=-n * 1440) for n in range(MANY)])
    html = look(colleague).content.decode()
    assert f"{MANY} conversations of lucia, not shared with you" in html
    assert html.count("escala-hidden__text") == MANY
    assert 'datetime="2026-03-03"' in html
    assert 'datetime="2026-03-01"' in html
