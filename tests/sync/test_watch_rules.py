"""The watcher's rules, on a clock of the test's own: turns, pauses, calm, and the limit of open files."""

import resource
import subprocess
import sys

import pytest

from escala_email_plugin.servers.errors import ProtocolTrouble, Refused, Throttled, Unreachable, Untrusted
from escala_email_plugin.servers.secrets import SecretUnreadable
from escala_email_plugin.sync.watch import open_files
from escala_email_plugin.sync.watch.calm import CALM, Calm
from escala_email_plugin.sync.watch.opening import TooEarly
from escala_email_plugin.sync.watch.pauses import NO_IDLE, pause
from escala_email_plugin.sync.watch.turns import HOST_PAUSE, MOST, MOST_OF_A_HOST, SPACING, Turns
from sandbox.places import REPOSITORY


def taken(turns: Turns, now: float, seconds: float = 1.0) -> list[int]:
    """Everybody whose turn comes within so many seconds."""
    found, end = [], now + seconds
    while now < end:
        if (one := turns.take(now)) is not None:
            found.append(one)
        now += SPACING
    return found


def asking(*hosts: str) -> Turns:
    """Turns that were asked for at second 0: account 0 for the first host, and so on."""
    turns = Turns()
    for account_id, host in enumerate(hosts):
        turns.ask(account_id, host, 0.0)
    return turns


# Turns


def test_so_many_connections_are_opened_at_once_and_no_more():
    turns = asking(*(f"mail{n}.test" for n in range(MOST + 5)))
    first = taken(turns, 0.0)
    assert len(first) == MOST
    turns.ended("mail0.test", 1.0, reached=True)
    assert len(taken(turns, 1.0)) == 1


def test_a_host_is_not_asked_by_many_at_once():
    turns = asking(*["mail.test"] * 10)
    assert len(taken(turns, 0.0)) == MOST_OF_A_HOST
    turns.ended("mail.test", 1.0, reached=True)
    assert len(taken(turns, 1.0)) == 1


def test_connections_begin_one_after_another():
    turns = asking("a.test", "b.test")
    assert turns.take(0.0) is not None
    assert turns.take(SPACING / 2) is None
    assert turns.when(SPACING / 2) == SPACING
    assert turns.take(SPACING) is not None


def test_a_host_with_many_accounts_does_not_keep_the_others_waiting():
    turns = asking("big.test", "big.test", "big.test", "small.test")
    assert set(taken(turns, 0.0, 2 * SPACING)) == {0, 3}


def test_nobody_connects_before_its_time():
    turns = Turns()
    turns.ask(7, "mail.test", at=60.0)
    assert taken(turns, 0.0) == []
    assert turns.when(0.0) == 60.0
    assert taken(turns, 60.0) == [7]


def test_who_gave_up_is_not_called():
    turns = asking("mail.test")
    turns.give_up(0)
    assert taken(turns, 0.0) == []


def test_who_asks_anew_is_not_called_by_the_ticket_of_before():
    turns = asking("mail.test")
    turns.give_up(0)
    turns.ask(0, "mail.test", at=60.0)
    assert taken(turns, 0.0) == []
    assert taken(turns, 60.0) == [0]


def test_a_host_that_is_down_is_asked_by_one_account_for_all_and_ever_more_seldom():
    turns = asking(*["down.test"] * 1000)
    tries, now = 0, 0.0
    while now < 3600:
        while turns.take(now) is not None:
            tries += 1
            turns.ended("down.test", now, reached=False)
        now += 0.5
    assert 10 < tries < 30
    assert HOST_PAUSE[1] * 0.75 * 8 < 3600


def test_a_host_that_is_back_is_asked_by_many_again():
    turns = asking(*["mail.test"] * 50)
    for _ in taken(turns, 0.0):
        turns.ended("mail.test", 1.0, reached=False)
    assert len(taken(turns, 1000.0)) == 1
    turns.ended("mail.test", 1001.0, reached=True)
    assert len(taken(turns, 1001.0)) == MOST_OF_A_HOST


def test_a_host_that_was_not_even_asked_is_neither_down_nor_up():
    turns = asking(*["mail.test"] * 50)
    for _ in taken(turns, 0.0):
        turns.ended("mail.test", 1.0, reached=None)
    assert len(taken(turns, 1.0)) == MOST_OF_A_HOST


# Pauses


@pytest.mark.parametrize(
    ("error", "first", "longest"),
    [
        (Unreachable("connection_lost"), 3, 900),
        (Throttled("try_later"), 60, 3600),
        (Untrusted("certificate_expired"), 300, 3600),
        (ProtocolTrouble("bad_answer"), 60, 6 * 3600),
        (RuntimeError(), 3, 900),
    ],
)
def test_a_pause_doubles_with_each_failure_to_its_longest(error, first, longest):
    assert first * 0.75 <= pause(error, 1) <= first * 1.25
    assert first * 1.5 <= pause(error, 2) <= first * 2.5
    assert longest * 0.75 <= pause(error, 10_000) <= longest * 1.25


def test_pauses_differ_so_that_a_thousand_accounts_do_not_come_back_together():
    assert len({pause(Unreachable("timeout"), 1) for _ in range(100)}) > 90


@pytest.mark.parametrize("error", [Refused("login_refused"), SecretUnreadable()])
def test_what_only_a_person_can_mend_is_not_tried_again(error):
    assert pause(error, 1) is None


def test_a_token_that_is_refused_is_tried_again_for_the_next_one_may_be_taken():
    assert 225 <= pause(Refused("access_refused"), 1) <= 375


def test_a_provider_is_left_alone_for_as_long_as_it_asks_but_not_for_ever():
    assert pause(Throttled("try_later", retry_after=5000), 1) == 5000
    assert pause(Throttled("try_later", retry_after=10**6), 1) == NO_IDLE
    assert pause(TooEarly(700.0), 1) == 700


# Calm


def test_the_first_news_is_told_at_once_and_the_next_only_after_a_moment():
    calm = Calm()
    assert calm.news(1, 0.0)
    assert calm.news(2, 0.1)
    assert not calm.news(1, 0.2)
    assert not calm.news(1, 0.3)
    assert calm.due(CALM - 0.1) == []
    assert calm.when() == CALM
    assert calm.due(CALM) == [1]
    assert calm.due(CALM + 0.1) == []
    assert not calm.news(1, CALM + 0.2)
    assert calm.due(2 * CALM) == [1]


def test_nothing_is_remembered_of_who_is_quiet_again():
    calm = Calm()
    for account_id in range(100):
        calm.news(account_id, 0.0)
    assert calm.due(CALM) == []
    assert calm.when() == float("inf")
    assert calm.news(5, CALM + 0.1)


# The limit of open files


def room_under(soft: int, hard: int) -> tuple[int, int]:
    """(``room()``, the soft limit afterwards) of a process that began under these limits."""
    code = f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))\n{LOAD}"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    found, limit = done.stdout.split()
    return int(found), int(limit)


#: The module alone: the package round it needs Django.
LOAD = f"""
import importlib.util
spec = importlib.util.spec_from_file_location("open_files", {open_files.__file__!r})
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
print(module.room(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


def test_the_soft_limit_is_raised_to_the_hard_one():
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[1] >= 1000
    assert room_under(256, 1000) == (1000 - open_files.OTHERS, 1000)


def test_a_hard_limit_is_kept_and_said_how_to_raise():
    assert room_under(256, 256) == (256 - open_files.OTHERS, 256)
    advice = open_files.advice(192, 2000)
    assert "192 of 2000 mailboxes" in advice
    assert "ulimit -n 4096" in advice
    assert "LimitNOFILE=4096" in advice
