"""Connections that wait for their next turn."""

import base64
import gc
import os
import threading

import pytest

from escala_email_plugin.servers import pool as module
from escala_email_plugin.servers.credentials import Credentials
from escala_email_plugin.servers.imap import (
    FolderGone,
    ProtocolTrouble,
    Refused,
    Server,
    Throttled,
    Unreachable,
)
from escala_email_plugin.servers.pool import Pool

CAPABILITIES = "IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 UNSELECT"


@pytest.fixture
def make():
    """make(**options): a pool of the test's own, emptied afterwards."""
    pools = []

    def start(**options):
        pools.append(Pool(**options))
        return pools[-1]

    yield start
    for pool in pools:
        pool.clear()


@pytest.fixture
def pool(make):
    return make()


class Scripted:
    """A server that counts connections and ends, and answers what the pool asks."""

    def __init__(self, hostile, capabilities=CAPABILITIES, noop="OK done"):
        self.connections, self.ended, self.noop = 0, threading.Semaphore(0), noop
        self.capabilities = capabilities
        self.hostile = hostile(self.script)

    @property
    def server(self):
        return Server("localhost", self.hostile.port, "tls")

    @property
    def commands(self):
        return [line.split(" ", 1)[1] for line in self.hostile.lines if " " in line]

    def script(self, peer):
        self.connections += 1
        peer.greet(self.capabilities)
        try:
            while True:
                tag, command = peer.command()
                if command == "LOGOUT":
                    peer.send("* BYE", f"{tag} OK bye")
                    return
                answers = {"NOOP": self.noop, "STATUS": "NO [NONEXISTENT] no", "EXAMINE": "OK done"}
                peer.send(f"{tag} " + answers.get(command.split()[0], "OK done"))
        finally:
            self.ended.release()


@pytest.fixture
def scripted(hostile):
    def start(**options):
        return Scripted(hostile, **options)

    return start


def lent(pool, where, password="pw", user="ann", method="password"):
    return pool.session(where.server, Credentials(user, password, method), deadline=5)


@pytest.mark.dovecot
def test_the_next_turn_gets_the_same_connection_and_sees_what_is_new(mailbox, pool):
    def turn():
        return pool.session(mailbox.imap, Credentials(mailbox.user, mailbox.password))

    mailbox.append(b"From: a@b.c\r\n\r\n")
    with turn() as first:
        assert first.examine("INBOX").exists == 1
    mailbox.append(b"From: a@b.c\r\n\r\n")
    with turn() as second:
        assert second is first
        assert second.traffic.commands == 0
        assert {folder.name: state for folder, state in second.overview()}["INBOX"].exists == 2
        assert second.status("INBOX").exists == second.examine("INBOX").exists == 2
        assert second.uids(1, 10) == [1, 2]


def test_one_that_waited_for_long_is_asked_whether_it_is_there(scripted, make):
    where, pool = scripted(), make(checked_after=0)
    with lent(pool, where) as first:
        pass
    with lent(pool, where) as second:
        assert second is first
        assert second.traffic.commands == 1
    assert where.commands[-1] == "NOOP"


def test_one_that_waited_shortly_costs_nothing(scripted, pool):
    where = scripted()
    for _ in range(3):
        with lent(pool, where):
            before = len(where.hostile.lines)
    assert where.connections == 1
    assert len(where.hostile.lines) == before


def test_a_connection_the_server_has_closed_is_replaced(hostile, pool):
    gone = threading.Event()

    def script(peer):
        peer.greet(CAPABILITIES)
        if not gone.is_set():
            peer.send("* BYE Autologout; idle for too long")
            peer.sock.close()
            gone.set()
            raise ConnectionError
        peer.answer("STATUS", "* STATUS INBOX (MESSAGES 3)")
        peer.wait()

    server = Server("localhost", hostile(script).port, "tls")
    with pool.session(server, Credentials("ann", "pw"), deadline=5) as first:
        gone.wait(5)
    with pool.session(server, Credentials("ann", "pw"), deadline=5) as second:
        assert second is not first
        assert second.status("INBOX").exists == 3


def test_a_server_that_no_longer_answers_is_not_waited_for(scripted, make, monkeypatch):
    where, pool = scripted(noop="no answer at all"), make(checked_after=0)
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    with lent(pool, where) as first:
        pass
    with lent(pool, where) as second:
        assert second is not first
    assert where.connections == 2


@pytest.mark.parametrize("other", [{"password": "pw2"}, {"user": "bob"}, {"method": "xoauth2"}])
def test_nobody_gets_a_connection_made_with_another_name_or_password(scripted, pool, other):
    where = scripted()
    with lent(pool, where) as first:
        pass
    with lent(pool, where, **other) as second:
        assert second is not first


def test_two_at_a_time_get_two(scripted, pool):
    where = scripted()
    with lent(pool, where) as first, lent(pool, where) as second:
        assert first is not second
    with lent(pool, where) as third, lent(pool, where) as fourth:
        assert {third, fourth} == {first, second}
    assert where.connections == 2


def test_many_threads_never_share_one(scripted, pool):
    where = scripted()
    inside, shared, start = set(), [], threading.Barrier(8)
    guard = threading.Lock()

    def work():
        start.wait(10)
        for _ in range(15):
            with lent(pool, where) as session:
                with guard:
                    shared.append(session in inside)
                    inside.add(session)
                session.answers(5)
                with guard:
                    inside.discard(session)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(shared) == 8 * 15
    assert not any(shared)
    assert where.connections <= 8


def test_a_connection_cannot_be_used_by_another_thread(scripted, pool):
    where = scripted()
    caught = []

    def use(session):
        try:
            session.folders()
        except ProtocolTrouble as error:
            caught.append(error.code)

    with lent(pool, where) as session:
        thread = threading.Thread(target=use, args=[session])
        thread.start()
        thread.join(10)
        assert caught == ["session_closed"]
        assert session.answers(5)


def test_a_connection_cannot_be_used_once_it_was_given_back(scripted, pool):
    where = scripted()
    with lent(pool, where) as first:
        pass
    with pytest.raises(ProtocolTrouble):
        first.folders()
    with lent(pool, where) as second:
        assert second is first


@pytest.mark.parametrize(
    "error", [ProtocolTrouble("bad_answer"), Throttled("try_later"), FolderGone("folder_gone"), KeyError()]
)
def test_none_comes_back_after_trouble(scripted, pool, error):
    where = scripted()
    with pytest.raises(type(error)), lent(pool, where):
        raise error
    where.ended.acquire(timeout=5)
    with lent(pool, where):
        assert where.connections == 2


def test_one_whose_trouble_was_got_over_does_not_come_back_either(hostile, pool):
    connections = []

    def script(peer):
        connections.append(peer)
        peer.greet(CAPABILITIES)
        peer.answer("LIST", "* LIST nonsense")
        peer.wait()

    server = Server("localhost", hostile(script).port, "tls")
    for number in (1, 2):
        with pool.session(server, Credentials("ann", "pw"), deadline=5) as session:
            with pytest.raises(ProtocolTrouble):
                session.folders()
            assert len(connections) == number


def test_a_folder_that_is_not_there_is_no_trouble(scripted, pool):
    where = scripted()
    with lent(pool, where) as first, pytest.raises(FolderGone):
        first.status("Nowhere")
    with lent(pool, where) as second:
        assert second is first


def test_the_folder_is_left_before_the_connection_waits(scripted, pool):
    where = scripted()
    with lent(pool, where) as session:
        session.examine("INBOX")
    assert where.commands[-1] == "UNSELECT"


def test_a_connection_whose_folder_cannot_be_left_is_closed(scripted, pool):
    where = scripted(capabilities="IMAP4rev1 AUTH=PLAIN")
    with lent(pool, where) as session:
        session.examine("INBOX")
    assert where.commands[-1] == "LOGOUT"
    with lent(pool, where) as other:
        assert other is not session


def test_only_so_many_wait_and_the_longest_idle_goes_first(scripted, make):
    where, pool = scripted(), make(most=2)
    for user in ("ann", "bob", "cat"):
        with lent(pool, where, user=user):
            pass
    assert where.ended.acquire(timeout=5)
    for user in ("cat", "bob"):
        with lent(pool, where, user=user):
            pass
    assert where.connections == 3
    with lent(pool, where, user="ann"):
        assert where.connections == 4


def test_nothing_waits_in_a_pool_of_none(scripted, make):
    where, pool = scripted(), make(most=0)
    with lent(pool, where):
        pass
    assert where.ended.acquire(timeout=5)


def test_one_that_waits_too_long_says_good_bye(scripted, make):
    where, pool = scripted(), make(idle=0.05)
    with lent(pool, where):
        pass
    assert where.ended.acquire(timeout=10)
    assert where.commands[-1] == "LOGOUT"
    with lent(pool, where):
        assert where.connections == 2


def test_emptying_says_good_bye_to_all(scripted, pool):
    where = scripted()
    with lent(pool, where, user="ann"), lent(pool, where, user="bob"):
        pass
    pool.clear()
    assert where.ended.acquire(timeout=5)
    assert where.ended.acquire(timeout=5)


def test_a_refused_login_is_raised_and_nothing_is_kept(hostile, pool):
    def script(peer):
        peer.greet(login=False)
        tag, _ = peer.command()
        peer.send("+ ")
        peer.line()
        peer.send(f"{tag} NO [AUTHENTICATIONFAILED] no")
        peer.wait()

    server = Server("localhost", hostile(script).port, "tls")
    with pytest.raises(Refused), pool.session(server, Credentials("ann", "wrong"), deadline=5):
        pytest.fail("the login was refused")
    assert pool._idle == []


def test_a_server_that_is_not_there_is_raised(pool):
    with (
        pytest.raises(Unreachable),
        pool.session(Server("localhost", 9, "tls"), Credentials("ann", "pw"), deadline=5),
    ):
        pytest.fail("nobody listens there")


def test_no_password_stays_with_a_connection(scripted, pool):
    where = scripted()
    for _ in range(2):
        with lent(pool, where, password="correct horse") as session:
            assert not password_in(texts_of(pool, session))
    assert "ann" in texts_of(pool)
    assert not password_in(texts_of(pool))


def password_in(texts):
    """As it is, and as SASL PLAIN sends it."""
    sent = base64.b64encode(b"\0ann\0correct horse").decode()
    return [text for text in texts if "correct horse" in text or sent in text]


def texts_of(*roots):
    """Every text that hangs on these objects, as far as they are ours or the IMAP libraries'."""
    seen, texts, left = set(), set(), list(roots)
    while left:
        one = left.pop()
        if isinstance(one, str | bytes | bytearray):
            texts.add(bytes(one).decode("latin-1") if not isinstance(one, str) else one)
        elif id(one) not in seen and not isinstance(one, type):
            seen.add(id(one))
            ours = type(one).__module__.split(".")[0] in ("escala_email_plugin", "imapclient", "imaplib")
            if ours or isinstance(one, dict | list | tuple | set | frozenset):
                left += gc.get_referents(one)
    return texts


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_lets_go_of_the_parents_connections(scripted, monkeypatch):
    where = scripted()
    module.clear()
    with lent(module, where) as first, lent(module, where, user="bob") as second:
        idle = first._wire.sock.fileno(), second._wire.sock.fileno()
    with lent(module, where) as in_use:
        child = os.fork()
        if not child:
            os._exit(in_the_child(in_use, set(idle)))
        _pid, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        # The child said nothing on it.
        assert in_use.answers(5)
    with lent(module, where, user="bob") as again:
        assert again is second
        assert again.answers(5)
    module.clear()
    assert where.connections == 2


def in_the_child(session, idle):
    """0 where the child has neither the idle connections nor the use of the one that is lent."""
    if module._pool._idle:
        return 1
    try:
        session.folders()
    except ProtocolTrouble:
        pass
    else:
        return 2
    open_files = 0
    for number in idle - {session._wire.sock.fileno()}:
        try:
            os.fstat(number)
        except OSError:
            continue
        open_files += 1
    return 3 if open_files else 0
