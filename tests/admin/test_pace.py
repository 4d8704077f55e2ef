"""Pace and time left: true to what the run says, and silent where it is too early."""

from datetime import timedelta

import pytest

from escala_email_plugin.admin import pace
from escala_email_plugin.models import Run
from tests.making import DAY


def run(done, total, seconds) -> Run:
    """A run that moved last ``seconds`` after it began."""
    return Run(done=done, total=total, started_at=DAY, moved_at=DAY + timedelta(seconds=seconds))


def at(seconds):
    return DAY + timedelta(seconds=seconds)


def test_the_pace_is_that_of_the_whole_run():
    assert pace.pace(run(3000, 9000, 30), at(31)) == 100
    assert pace.seconds_left(run(3000, 9000, 30), at(31)) == 60


@pytest.mark.parametrize(("done", "seconds"), [(500, 0), (500, 3), (0, 60)])
def test_too_early_nothing_is_said(done, seconds):
    assert pace.pace(run(done, 9000, seconds), at(seconds)) is None
    assert pace.seconds_left(run(done, 9000, seconds), at(seconds)) is None


def test_while_nothing_moves_the_pace_falls():
    assert pace.pace(run(3000, 9000, 30), at(300)) == 10


def test_the_time_until_a_syncs_row_was_made_counts():
    made = run(3000, 9000, 10)
    made.kind, made.result = "sync", {"seconds": 30.0}
    assert pace.pace(made, at(11)) == 100
    made.kind = "preview"  # of which the seconds are those it would take
    assert pace.pace(made, at(11)) == 300


def test_more_done_than_expected_leaves_nothing():
    assert pace.seconds_left(run(3000, 2900, 30), at(30)) == 0


@pytest.mark.parametrize(
    ("speed", "words"),
    [
        (1234.5, "About 1,200 messages a second."),
        (127, "About 130 messages a second."),
        (1.2, "About 1 message a second."),
        (0.5, "About 30 messages a minute."),
        (0.0001, "About 1 message a minute."),
    ],
)
def test_a_pace_in_words_has_two_digits(speed, words):
    assert pace.pace_in_words(speed) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "a few seconds"),
        (9, "a few seconds"),
        (12, "about 10 seconds"),
        (54, "about 50 seconds"),
        (19.25, "about 20 seconds"),
        (55, "about 1 minute"),
        (89, "about 1 minute"),
        (100, "about 2 minutes"),
        (3299, "about 55 minutes"),
        (3300, "about 1 hour"),
        (20_000, "about 6 hours"),
    ],
)
def test_a_time_in_words_is_no_more_exact_than_it_can_be(seconds, words):
    assert pace.time_in_words(seconds) == words
