"""UID sets: exactly what was asked for, in lines servers accept."""

from hypothesis import given
from hypothesis import strategies as st

from escala_email_plugin.servers.imap_fetch import MAX_MESSAGES, MAX_SET, uid_sets


def expanded(text):
    for run in text.split(","):
        first, _colon, last = run.partition(":")
        yield from range(int(first), int(last or first) + 1)


def test_neighbours_become_ranges():
    assert list(uid_sets([3, 1, 2, 7, 9, 10])) == [("1:3,7,9:10", [1, 2, 3, 7, 9, 10])]


def test_nothing_asks_for_nothing():
    assert list(uid_sets([])) == []


def test_long_stretches_are_cut():
    sets = list(uid_sets(range(1, 2502)))
    assert [text for text, _ in sets] == ["1:1000", "1001:2000", "2001:2501"]


@given(st.lists(st.integers(1, 2**32 - 1) | st.integers(1, 3000), max_size=3000))
def test_a_set_stands_for_its_members_and_all_members_are_asked_for(uids):
    asked = []
    for text, members in uid_sets(uids):
        assert len(text) <= MAX_SET
        assert len(members) <= MAX_MESSAGES
        assert list(expanded(text)) == members
        asked += members
    assert asked == sorted(set(uids))
