"""The watcher: whom it watches, what it orders, and what it bears."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from escala_email_plugin.models import EmailAccount, Folder
from escala_email_plugin.servers.secrets import encrypt
from escala_email_plugin.sync import beat
from escala_email_plugin.sync import connection as connections
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.watch import Watcher, desk, loop, open_files, pauses, turns
from sandbox.places import REPOSITORY
from tests.making import account, account_at, letter
from tests.servers.dovecot import Dovecot
from tests.servers.test_imap_idle import CAPABILITIES, idle

from .mortal import places

pytestmark = [pytest.mark.django_db(transaction=True)]

#: Seconds until a test gives up. Nothing is waited for so long.
PATIENCE = 20


class Watching:
    """A watcher at work in a thread, and what it ordered."""

    def __init__(self) -> None:
        self.ordered: list[int] = []
        self.said: list[str] = []
        self.down = 0
        self.watcher = Watcher(self.enqueue, self.said.append)
        self.thread = threading.Thread(target=self.watcher.run, daemon=True)

    def enqueue(self, account_id: int) -> None:
        if self.down:
            self.down -= 1
            raise OSError("the queue is down")
        self.ordered.append(account_id)

    def start(self) -> "Watching":
        self.thread.start()
        return self

    def stop(self) -> None:
        self.watcher.stop()
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()

    def until_held(self, count: int = 1) -> None:
        until(lambda: len(self.watcher._idling) == count)

    def looks(self, count: int = 5) -> None:
        """Until the accounts were looked at so many times more."""
        seen = [0]
        compare = self.watcher._desk._compare

        def counted() -> None:
            compare()
            seen[0] += 1

        self.watcher._desk._compare = counted
        until(lambda: seen[0] >= count)


def until(condition) -> None:
    stop = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < stop, "it never came true"
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Everything that happens now and then happens often."""
    monkeypatch.setattr(desk, "LOOK", 0.05)
    monkeypatch.setattr(desk, "RETRY", 0.05)
    monkeypatch.setattr(loop, "TICK", 0.05)


@pytest.fixture
def impatient(monkeypatch):
    """No pause after trouble."""
    monkeypatch.setattr(
        loop, "pause", lambda error, failures: None if pauses.pause(error, 1) is None else 0.02
    )
    monkeypatch.setattr(turns, "HOST_PAUSE", (0.02, 0.02))


@pytest.fixture
def watching(db):
    """watching(): a watcher that has begun; it is stopped at the end."""
    begun = []

    def start() -> Watching:
        begun.append(Watching().start())
        return begun[-1]

    yield start
    for one in begun:
        one.stop()


@pytest.fixture
def synced(mailbox, seller):
    """An account at the Dovecot, synchronised to the end: nothing is news."""
    mailbox.append(letter())
    mine = account_at(mailbox, seller)
    assert sync_account(mine.pk)
    return mine


@pytest.fixture
def scripted(hostile, seller):
    """scripted(script): an account at a scripted server, and the server."""

    def at(script, **values):
        server = hostile(script)
        return account(seller, imap_port=server.port, **values), server

    return at


def quiet(peer) -> None:
    """A server that lets idle, and says no more."""
    idle(peer)
    peer.send("+ idling")
    peer.wait()


def logins(server) -> int:
    return sum(" AUTHENTICATE PLAIN" in line for line in server.lines)


# That it is there


def test_it_shows_that_it_is_alive_and_is_not_missed_once_it_was_told_to_stop(watching):
    one = watching()
    until(lambda: beat.last("watcher"))
    one.stop()
    assert beat.last("watcher") is None


# What it orders


@pytest.mark.dovecot
def test_new_mail_orders_a_sync(synced, mailbox, watching):
    one = watching()
    one.until_held()
    one.looks()
    assert one.ordered == []
    before = timezone.now()
    mailbox.append(letter(subject="Nuevo"))
    until(lambda: one.ordered)
    assert set(one.ordered) == {synced.pk}
    synced.refresh_from_db()
    assert synced.wanted_at >= before


@pytest.mark.dovecot
def test_mail_that_came_while_nobody_watched_orders_a_sync(synced, mailbox, watching):
    mailbox.append(letter(subject="Mientras tanto"))
    one = watching()
    until(lambda: one.ordered == [synced.pk])


@pytest.mark.dovecot
def test_after_a_restart_of_the_server_it_is_watched_again(seller, trusting, watching, impatient):
    with Dovecot(users={"ann@example.test": "correct horse"}) as server:
        trusting(server.ca)
        server.append("ann@example.test", "INBOX", letter())
        mine = account(seller, "ann@example.test", imap_port=server.imaps)
        assert sync_account(mine.pk)
        one = watching()
        one.until_held()
        with server.down():
            one.until_held(0)
        one.until_held()
        one.looks()
        ordered = len(one.ordered)
        server.append("ann@example.test", "INBOX", letter(subject="Después"))
        until(lambda: len(one.ordered) > ordered)
        one.stop()


def test_an_order_that_the_queue_refuses_is_given_again(scripted, watching, caplog):
    mine, _server = scripted(quiet)
    one = watching()
    one.down = 3
    until(lambda: one.ordered == [mine.pk])

    def said() -> list[str]:
        return [record.message for record in caplog.records if "queue" in record.message]

    until(lambda: len(said()) == 2)
    assert said() == [
        "The database or the queue is in trouble, and is asked again: OSError.",
        "Database and queue answer again.",
    ]


def test_a_database_that_is_away_for_a_while_ends_nothing(scripted, watching, monkeypatch):
    mine, _server = scripted(quiet)
    away = [3]
    look = desk._to_watch

    def trouble():
        away[0] -= 1
        if away[0] > 0:
            raise OperationalError("the database is away")
        return look()

    monkeypatch.setattr(desk, "_to_watch", trouble)
    one = watching()
    one.until_held()
    until(lambda: one.ordered == [mine.pk])


def test_an_account_that_waits_for_its_provider_is_wanted_but_not_ordered(scripted, watching):
    mine, server = scripted(quiet)
    one = watching()
    until(lambda: one.ordered == [mine.pk])
    later = timezone.now() + timedelta(hours=1)
    EmailAccount.objects.update(state=EmailAccount.State.WAITING, next_try=later, wanted_at=None)
    one.watcher._desk.news(mine.pk)
    until(lambda: EmailAccount.objects.get().wanted_at)
    one.looks()
    assert one.ordered == [mine.pk]
    assert logins(server) == 1


def test_a_folder_that_was_looked_through_to_the_end_is_no_news(scripted, watching):
    mine, _server = scripted(quiet)
    Folder.objects.create(account=mine, name="INBOX", uidvalidity=7, scanned_from=1, scanned_to=4, exists=3)
    one = watching()
    one.until_held()
    one.looks()
    assert one.ordered == []


# Whom it watches


def test_who_idles_is_watched_for_a_while_and_no_longer_once_the_watcher_ends(scripted, watching):
    mine, _server = scripted(quiet)
    one = watching()
    until(lambda: EmailAccount.objects.get().watched_until)
    mine.refresh_from_db()
    ahead = (mine.watched_until - timezone.now()).total_seconds()
    assert 0 < ahead <= desk.WATCHED
    one.stop()
    mine.refresh_from_db()
    assert mine.watched_until is None
    assert one.said[:2] == ["Watching 0 of 1 mailboxes.", "Watching 1 of 1 mailboxes."]


@pytest.mark.parametrize(
    "change",
    [
        {"mode": EmailAccount.Mode.OFF},
        {"state": EmailAccount.State.RECONNECT},
        {"state": EmailAccount.State.DISCONNECTED},
        {"owner": None},
    ],
)
def test_who_is_not_synchronised_any_more_is_let_go_with_a_good_bye(scripted, watching, change):
    left = threading.Event()

    def script(peer):
        idle(peer)
        peer.send("+ idling")
        peer.wait()
        left.set()

    scripted(script)
    one = watching()
    one.until_held()
    until(lambda: EmailAccount.objects.get().watched_until)
    EmailAccount.objects.update(**change)
    assert left.wait(PATIENCE)
    until(lambda: EmailAccount.objects.get().watched_until is None)


def test_an_account_that_is_connected_meanwhile_is_watched(scripted, watching):
    one = watching()
    one.looks()
    scripted(quiet)
    one.until_held()


def test_an_account_with_another_server_is_connected_there(hostile, scripted, watching):
    scripted(quiet)
    one = watching()
    one.until_held()
    other = hostile(quiet)
    EmailAccount.objects.update(imap_port=other.port)
    until(lambda: logins(other) == 1)
    one.until_held()


def test_connecting_a_mailbox_again_with_the_same_password_is_a_change(seller, watching, scripted):
    """So that who was refused is tried again once its owner says so."""
    mine, _server = scripted(quiet)
    before = {pk: signature for pk, _host, signature in desk._to_watch()}
    connections.connect(
        "personal",
        seller,
        connections.Wanted(mine.address, mine.username, "correct horse", "localhost", mine.imap_port),
    )
    after = {pk: signature for pk, _host, signature in desk._to_watch()}
    assert before.keys() == after.keys() == {mine.pk}
    assert before != after


def test_a_server_without_idle_is_left_to_polling_and_named_once(scripted, watching, colleague, caplog):
    caplog.set_level(logging.INFO)

    def script(peer):
        peer.greet("IMAP4rev1 AUTH=PLAIN")
        peer.wait()

    _mine, server = scripted(script)
    account(colleague, "marcos@andina.test", imap_port=server.port)
    one = watching()
    until(lambda: logins(server) == 2)
    one.looks()
    assert logins(server) == 2
    said = [record for record in caplog.records if "has no IDLE" in record.message]
    assert [record.levelname for record in said] == ["INFO"]
    assert not EmailAccount.objects.exclude(watched_until=None).exists()


def test_more_accounts_than_the_system_allows_are_watched_as_far_as_they_fit(
    scripted, watching, colleague, monkeypatch, caplog
):
    monkeypatch.setattr(open_files, "room", lambda: 1)
    mine, server = scripted(quiet)
    account(colleague, "marcos@andina.test", imap_port=server.port)
    one = watching()
    one.until_held()
    one.looks()
    assert list(one.watcher._idling) == [mine.pk]
    (said,) = [record.message for record in caplog.records if "ulimit" in record.message]
    assert "1 of 2 mailboxes" in said
    assert "LimitNOFILE=128" in said
    EmailAccount.objects.filter(pk=mine.pk).update(mode=EmailAccount.Mode.OFF)
    until(lambda: mine.pk not in one.watcher._idling and one.watcher._idling)


def test_each_who_asks_the_desk_for_an_account_is_answered_once(seller):
    mine = account(seller)
    answers = []
    one = desk.Desk(lambda account_id: None, lambda changes: None, most=1)
    one.fetch(mine.pk, answers.append)
    one.fetch(mine.pk, answers.append)
    one.fetch(mine.pk + 1, answers.append)
    one.start()
    until(lambda: len(answers) == 3)
    one.close(PATIENCE)
    assert not one.is_alive()
    assert sorted(answers, key=lambda found: found is None) == [mine, mine, None]


# What it bears


def test_a_refused_login_is_not_tried_again_until_the_account_changes(scripted, watching, impatient, seller):
    right = threading.Event()

    def script(peer):
        if right.is_set():
            return quiet(peer)
        peer.greet(CAPABILITIES, login=False)
        tag, _ = peer.command()
        peer.send("+ ")
        peer.line()
        peer.send(f"{tag} NO [AUTHENTICATIONFAILED] wrong")
        peer.wait()

    _mine, server = scripted(script)
    one = watching()
    until(lambda: logins(server) == 1)
    one.looks(10)
    assert logins(server) == 1
    right.set()
    EmailAccount.objects.update(secret=encrypt("the right one"))
    one.until_held()
    assert logins(server) == 2


def test_a_secret_that_no_key_reads_reaches_no_server(scripted, watching, impatient):
    _mine, server = scripted(quiet, secret="not a token")
    one = watching()
    one.looks(10)
    assert server.lines == []


def test_an_account_whose_provider_asked_for_peace_is_not_logged_in_to(scripted, watching):
    later = timezone.now() + timedelta(hours=1)
    _mine, server = scripted(quiet, state=EmailAccount.State.WAITING, next_try=later)
    one = watching()
    one.looks(10)
    assert server.lines == []
    EmailAccount.objects.update(secret=encrypt("another"), state=EmailAccount.State.CONNECTED, next_try=None)
    one.until_held()


def cuts(peer):
    idle(peer)
    peer.raw(b"+ idling\r\n* 4 EX")


def floods(peer):
    idle(peer)
    peer.send("+ idling")
    while True:
        peer.raw(b"x" * 10_000)


def says_bye(peer):
    idle(peer)
    peer.send("+ idling", "* BYE")


def refuses_idle(peer):
    peer.send(f"{idle(peer)} NO not here")
    peer.wait()


def refuses_the_folder(peer):
    peer.greet(CAPABILITIES)
    peer.answer("EXAMINE", result="NO no such folder")
    peer.answer("LIST")
    peer.wait()


def greets_with_nonsense(peer):
    peer.send("220 mail ESMTP")
    peer.wait()


@pytest.mark.parametrize(
    "script", [cuts, floods, says_bye, refuses_idle, refuses_the_folder, greets_with_nonsense]
)
def test_a_server_in_trouble_is_not_stormed(scripted, watching, script):
    """The pauses are those of real life: within them there is one try, however often it is looked."""
    _mine, server = scripted(script)
    one = watching()
    until(lambda: one.watcher._watched and all(line.failures for line in one.watcher._watched.values()))
    one.looks(10)
    assert logins(server) <= 1


@pytest.mark.parametrize("script", [cuts, floods, says_bye, refuses_idle])
def test_after_trouble_it_is_watched_again(scripted, watching, impatient, script):
    bad = [2]

    def at_first(peer):
        bad[0] -= 1
        return script(peer) if bad[0] >= 0 else quiet(peer)

    _mine, server = scripted(at_first)
    one = watching()
    until(lambda: logins(server) == 3)
    one.until_held()


def test_a_server_that_does_not_answer_idle_is_connected_again(scripted, watching, impatient, monkeypatch):
    monkeypatch.setattr("escala_email_plugin.servers.imap_idle.ANSWER", 0.1)

    def silent(peer):
        idle(peer)
        peer.wait()

    _mine, server = scripted(silent)
    watching()
    until(lambda: logins(server) >= 2)


def test_idle_is_renewed_in_time(scripted, watching, monkeypatch):
    monkeypatch.setattr("escala_email_plugin.servers.imap_idle.RENEWAL", (0.05, 0.1))
    renewed = threading.Event()

    def script(peer):
        tag = idle(peer)
        for _ in range(3):
            peer.send("+ idling")
            assert peer.line() == "DONE"
            peer.send(f"{tag} OK done")
            tag, command = peer.command()
            assert command == "IDLE"
        renewed.set()
        peer.wait()

    _mine, server = scripted(script)
    watching()
    assert renewed.wait(PATIENCE)
    assert logins(server) == 1


def test_one_bad_server_keeps_no_other_account_from_being_watched(
    hostile, scripted, watching, colleague, mailbox
):
    account_at(mailbox, colleague)
    scripted(floods)
    one = watching()
    one.until_held()
    until(lambda: one.ordered)
    ordered = len(one.ordered)
    mailbox.append(letter())
    until(lambda: len(one.ordered) > ordered)


def test_a_server_that_hangs_at_the_login_does_not_keep_the_watcher_from_ending(scripted, watching):
    def hangs(peer):
        peer.send("* OK ready")
        peer.line()
        peer.wait()

    _mine, server = scripted(hangs)
    one = watching()
    until(lambda: server.lines)
    one.stop()


# The command


@pytest.mark.slow
@pytest.mark.dovecot
def test_the_command_watches_orders_and_ends_when_told_to(synced, mailbox):
    environment = {**os.environ, **places()}
    command = [sys.executable, "sandbox/manage.py", "escala_email", "watch"]
    process = subprocess.Popen(
        command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    # Whatever is wrong, what is read from it comes to an end.
    timer = threading.Timer(3 * PATIENCE, process.kill)
    timer.start()
    try:
        lines = iter(process.stdout.readline, "")
        assert any("Watching 1 of 1 mailboxes." in line for line in lines)
        before = timezone.now()
        mailbox.append(letter(subject="Nuevo"))
        until(lambda: (wanted := EmailAccount.objects.get().wanted_at) and wanted >= before)
        process.send_signal(signal.SIGTERM)
        output = process.stdout.read()
        assert process.wait(PATIENCE) == 0, output
        assert output.splitlines()[-1] == "Stopped."
        assert EmailAccount.objects.get().watched_until is None
    finally:
        timer.cancel()
        process.kill()
        process.wait()
        process.stdout.close()
