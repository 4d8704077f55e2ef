"""Walking over UIDs misses none, repeats none, and asks for a bounded number."""

from hypothesis import given, settings
from hypothesis import strategies as st

from escala_email_plugin.sync import windows

uids = st.sets(st.integers(1, 300_000), max_size=300)


def finder(held, asked):
    def find(low, high):
        asked.append(high - low + 1)
        return sorted(uid for uid in held if low <= uid <= high)

    return find


@given(uids, st.integers(1, 300_001), st.integers(1, 300_001))
@settings(deadline=None)
def test_downwards_tells_every_uid_of_the_stretch_once_from_the_top(held, one, other):
    low, high = sorted((one, other))
    asked, told, end = [], [], high
    for part, reached in windows.down(finder(held, asked), high, low):
        told += part
        assert low <= reached < end
        assert all(reached <= uid < end for uid in part)
        end = reached
    assert told == sorted((uid for uid in held if low <= uid < high), reverse=True)
    assert end == low
    assert max(asked, default=0) <= windows.WIDEST


@given(uids, st.integers(1, 300_001), st.integers(1, 300_001))
@settings(deadline=None)
def test_upwards_tells_every_uid_of_the_stretch_once_from_the_bottom(held, one, other):
    low, high = sorted((one, other))
    asked, told, end = [], [], low
    for part, reached in windows.up(finder(held, asked), low, high):
        told += part
        assert all(end <= uid < reached for uid in part)
        assert end < reached <= high
        end = reached
    assert told == sorted(uid for uid in held if low <= uid < high)
    assert end == high
    assert max(asked, default=0) <= windows.WIDEST


def test_the_newest_come_in_a_small_batch_and_the_others_in_large_ones():
    parts = [len(part) for part, _ in windows.down(finder(set(range(1, 10_001)), []), 10_001)]
    assert parts[0] == windows.BATCH
    assert max(parts) == windows.LARGE_BATCH
    assert sum(parts) == 10_000


def test_a_gap_of_billions_is_crossed_in_a_few_questions_where_the_answer_cannot_be_long():
    asked = []
    told = list(windows.down(finder({5, 2**31}, asked), 2**31 + 1, most=windows.widest(2)))
    assert [uid for part, _ in told for uid in part] == [2**31, 5]
    assert len(asked) < 12


def test_where_the_answer_could_be_long_no_question_is_wider_than_an_answer():
    assert windows.widest(windows.WIDEST) == windows.ALL
    assert windows.widest(windows.WIDEST + 1) == windows.WIDEST
