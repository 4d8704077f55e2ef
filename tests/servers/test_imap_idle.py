"""IDLE on one connection: what a server may say, and what it should not."""

import gc
import select
import socket
import threading
import time

import pytest

from escala_email_plugin.servers.credentials import Credentials
from escala_email_plugin.servers.errors import ProtocolTrouble, Throttled, Unreachable
from escala_email_plugin.servers.imap import Server
from escala_email_plugin.servers.imap_client import Client
from escala_email_plugin.servers.imap_idle import ALLOWANCE, ANSWER, LINE, RENEWAL, SOON, Idler
from escala_email_plugin.servers.imap_takeover import open_for_idle
from escala_email_plugin.servers.server import trust

CAPABILITIES = "IMAP4rev1 AUTH=PLAIN IDLE"
#: Seconds until a test gives a server up. None is waited for so long.
PATIENCE = 10


def idle(peer, exists=3, capabilities=CAPABILITIES):
    """The server's side until the client has asked for IDLE; returns the command's tag."""
    peer.greet(capabilities)
    peer.answer("EXAMINE", f"* {exists} EXISTS", "* OK [UIDVALIDITY 7] .", "* OK [UIDNEXT 4] .")
    tag, command = peer.command()
    assert command == "IDLE"
    return tag


def opened(server, user="ann", password="pw", deadline=5.0):
    return open_for_idle(server, Credentials(user, password), deadline=deadline, trusted=trust())


def at(hostile_server):
    return Server("localhost", hostile_server.port, "tls")


@pytest.fixture
def begun(hostile):
    """begun(script): an idler that has asked a scripted server for IDLE, at second 0."""
    idlers = []

    def begin(script) -> Idler:
        idlers.append(Idler(opened(at(hostile(script)))))
        assert not idlers[-1].begin(0.0)
        return idlers[-1]

    yield begin
    for idler in idlers:
        idler.close()


def readable(idler) -> None:
    assert select.select([idler.sock], [], [], PATIENCE)[0], "the server said nothing"


def heard(idler, now=1.0) -> bool:
    """Read once, when there is something; whether it was news."""
    readable(idler)
    return idler.read(now)


def end(idler, now=1.0):
    """Read until the connection is given up; the reason."""
    stop = time.monotonic() + PATIENCE
    while time.monotonic() < stop:
        readable(idler)
        try:
            idler.read(now)
        except (Unreachable, ProtocolTrouble, Throttled) as error:
            return error
    raise AssertionError("the connection was never given up")


def saying(*lines, exists=3):
    """A server that says ``lines`` once it idles, in one packet."""

    def script(peer):
        idle(peer, exists)
        peer.send("+ idling", *lines)
        peer.wait()

    return script


@pytest.mark.parametrize(
    ("lines", "news"),
    [
        (["* 4 EXISTS"], True),
        (["* 4 exists"], True),
        (["* 4 EXISTS", "* 1 RECENT"], True),
        (["* 1 RECENT"], True),
        (["* 2 EXPUNGE"], True),
        (["* VANISHED 41,43:116"], True),
        (["* 2 EXISTS"], True),
        (["* 2 EXPUNGE", "* 3 EXISTS"], True),
        (["* 3 EXISTS"], False),
        (["* 0 RECENT"], False),
        (["* OK Still here"], False),
        (["* 2 FETCH (FLAGS (\\Seen))"], False),
        (["* 99999999999999999999 EXISTS"], False),
        (["* EXISTS", "* x EXISTS", "", "*", "+", "W1", "W11 OK"], False),
        (["\0\xff\xfe", "* 4 EXISTSNOT", "A5 OK somebody else's tag"], False),
    ],
)
def test_what_changes_the_folder_is_news_and_nothing_else_is(begun, lines, news):
    assert heard(begun(saying(*lines))) is news


def test_news_are_heard_behind_lines_that_are_none(begun):
    idler = begun(saying("* OK hm", "nonsense", "* 4 EXISTS", "* OK hm"))
    assert heard(idler)


def test_a_number_that_is_repeated_to_keep_the_line_alive_is_no_news(begun):
    more = threading.Event()

    def script(peer):
        idle(peer)
        peer.send("+ idling", "* 4 EXISTS")
        more.wait(PATIENCE)
        peer.send("* 4 EXISTS")
        peer.wait()

    idler = begun(script)
    assert heard(idler)
    more.set()
    assert not heard(idler)


def test_mail_that_comes_before_idle_is_not_missed(hostile):
    def script(peer):
        peer.greet(CAPABILITIES)
        peer.answer("EXAMINE", "* 3 EXISTS", "* OK [UIDVALIDITY 7] .", "* OK [UIDNEXT 4] .")
        peer.send("* 4 EXISTS")
        peer.command()
        peer.send("+ idling")
        peer.wait()

    idler = Idler(opened(at(hostile(script))))
    assert idler.begin(0.0) or heard(idler)


def test_what_came_in_the_packet_of_examine_is_read_too(hostile):
    def script(peer):
        peer.greet(CAPABILITIES)
        tag, _ = peer.command()
        peer.send("* 3 EXISTS", "* OK [UIDVALIDITY 7] .", f"{tag} OK done", "* 4 EXISTS")
        peer.command()
        peer.wait()

    assert Idler(opened(at(hostile(script)))).begin(0.0)


def test_a_line_in_two_packets_is_one_line(begun):
    rest = threading.Event()

    def script(peer):
        idle(peer)
        peer.raw(b"+ idling\r\n* 4 EX")
        rest.wait(PATIENCE)
        peer.raw(b"ISTS\r\n")
        peer.wait()

    idler = begun(script)
    assert not heard(idler)
    rest.set()
    assert heard(idler)


def test_a_line_that_comes_byte_by_byte_is_one_line(begun):
    def script(peer):
        idle(peer)
        peer.drip(b"+ idling\r\n* 4 EXISTS\r\n", pause=0.002)
        peer.wait()

    idler = begun(script)
    stop = time.monotonic() + PATIENCE
    while not heard(idler):
        assert time.monotonic() < stop


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("* BYE Server shutting down.", Unreachable),
        ("* bye", Unreachable),
        ("* BYE [UNAVAILABLE] come back later", Throttled),
        ("* BYE Too many connections", Throttled),
    ],
)
def test_a_good_bye_ends_the_connection(begun, words, kind):
    assert type(end(begun(saying(words)))) is kind


def test_a_cut_line_ends_the_connection(begun):
    def script(peer):
        idle(peer)
        peer.raw(b"+ idling\r\n* 4 EX")

    assert end(begun(script)).code == "connection_lost"


def test_idle_is_renewed_under_a_new_tag_and_goes_on(begun):
    tags = []

    def script(peer):
        tags.append(idle(peer))
        for exists in (3, 4):
            peer.send("+ idling")
            assert peer.line() == "DONE"
            peer.send(f"* {exists} EXISTS", f"{tags[-1]} OK done")
            tag, command = peer.command()
            assert command == "IDLE"
            tags.append(tag)
        peer.send("+ idling")
        peer.wait()

    idler = begun(script)
    assert not heard(idler)
    now = idler.due
    assert 1 + RENEWAL[0] <= now <= 1 + RENEWAL[1]
    idler.turn(now)
    assert not heard(idler, now)
    assert idler.due == now + ANSWER
    assert not heard(idler, now)
    assert idler.due >= now + RENEWAL[0]
    idler.turn(now)
    assert heard(idler, now), "what is said between DONE and its answer counts"
    assert not heard(idler, now)
    assert len(set(tags)) == 3


def test_a_server_that_never_answers_done_is_given_up(begun):
    idler = begun(saying())
    heard(idler)
    idler.turn(idler.due)
    with pytest.raises(Unreachable) as caught:
        idler.turn(idler.due)
    assert caught.value.code == "timeout"


def test_a_server_that_never_lets_idle_begin_is_given_up_though_it_talks(begun):
    def script(peer):
        idle(peer)
        peer.send("* OK one moment")
        peer.wait()

    idler = begun(script)
    assert not heard(idler)
    assert idler.due == ANSWER
    with pytest.raises(Unreachable):
        idler.turn(idler.due)


def test_a_late_continuation_is_taken(begun):
    late = threading.Event()

    def script(peer):
        idle(peer)
        peer.send("* 4 EXISTS")
        late.wait(PATIENCE)
        peer.send("+ idling")
        peer.wait()

    idler = begun(script)
    assert heard(idler, 2.0), "news may come before the continuation"
    late.set()
    assert not heard(idler, ANSWER - 1)
    assert idler.due >= ANSWER - 1 + RENEWAL[0]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("NO not now", ProtocolTrouble),
        ("BAD what?", ProtocolTrouble),
        ("OK done already", ProtocolTrouble),
        ("NO [LIMIT] too much", Throttled),
        ("BAD User is authenticated but not connected", Throttled),
        ("", ProtocolTrouble),
    ],
)
def test_a_server_that_refuses_idle_is_given_up(begun, answer, kind):
    def script(peer):
        peer.send(f"{idle(peer)} {answer}")
        peer.wait()

    assert type(end(begun(script))) is kind


def test_a_server_that_ends_idle_by_itself_is_asked_again(begun):
    def script(peer):
        tag = idle(peer)
        peer.send("+ idling")
        peer.send(f"{tag} OK enough")
        assert peer.command()[1] == "IDLE"
        peer.send("+ idling")
        peer.send("* 4 EXISTS")
        peer.wait()

    idler = begun(script)
    stop = time.monotonic() + PATIENCE
    while not heard(idler, SOON + 1):
        assert time.monotonic() < stop


def test_a_server_that_ends_idle_at_once_is_not_asked_again_and_again(begun):
    def script(peer):
        tag = idle(peer)
        peer.send("+ idling", f"{tag} OK enough")
        peer.wait()

    assert end(begun(script), now=SOON - 1).code == "bad_answer"


@pytest.mark.parametrize("line", [b"x" * 1000, b"* 4 EXISTS\r\n" * 100, b"\n" * 1000, b"\0" * 1000])
def test_a_flood_is_not_listened_to_for_ever(begun, line):
    def script(peer):
        idle(peer)
        peer.send("+ idling")
        while True:
            peer.raw(line)

    idler = begun(script)
    assert end(idler).code == "too_big_answer"


def test_little_is_kept_of_a_line_without_end(begun):
    size = ALLOWANCE // 2

    def script(peer):
        idle(peer)
        peer.raw(b"+ idling\r\n* 4 EXISTS" + b" " * size)
        peer.raw(b"\r\n* 5 EXISTS\r\n")
        peer.wait()

    idler = begun(script)
    stop = time.monotonic() + PATIENCE
    while not heard(idler):
        assert len(idler._rest) <= LINE
        assert time.monotonic() < stop


def test_good_bye_is_said_without_waiting_for_an_answer(begun):
    heard_by_server = []
    done = threading.Event()

    def script(peer):
        idle(peer)
        peer.send("+ idling")
        heard_by_server.extend([peer.line(), peer.command()[1]])
        done.set()

    idler = begun(script)
    heard(idler)
    idler.leave()
    assert idler.sock.fileno() == -1
    assert done.wait(PATIENCE)
    assert heard_by_server == ["DONE", "LOGOUT"]


def test_good_bye_to_a_dead_server_is_silent(begun):
    idler = begun(saying())
    heard(idler)
    idler.sock.shutdown(socket.SHUT_RDWR)
    idler.leave()
    assert idler.sock.fileno() == -1


# The way to IDLE


def test_a_server_without_idle_is_left_politely(hostile):
    gone = threading.Event()

    def script(peer):
        peer.greet("IMAP4rev1 AUTH=PLAIN")
        peer.wait()
        gone.set()

    server = hostile(script)
    assert opened(at(server)) is None
    assert gone.wait(PATIENCE)
    assert server.lines[-1].endswith("LOGOUT")


@pytest.mark.parametrize(
    ("listed", "examined"),
    [
        ('* LIST (\\HasNoChildren \\All) "/" "[Gmail]/Todos"', '"[Gmail]/Todos"'),
        ('* LIST (\\All \\Noselect) "/" "[Gmail]/Todos"', '"INBOX"'),
        ('* LIST (\\HasNoChildren) "/" "Clientes"', '"INBOX"'),
    ],
)
def test_at_gmail_the_folder_of_all_mail_is_watched_where_it_is_shown(hostile, listed, examined):
    def script(peer):
        peer.greet(CAPABILITIES + " X-GM-EXT-1")
        peer.answer("LIST", '* LIST (\\HasNoChildren) "/" "INBOX"', listed)
        peer.answer(f"EXAMINE {examined}", "* 3 EXISTS", "* OK [UIDVALIDITY 7] .")
        peer.wait()

    found = opened(at(hostile(script)))
    assert f'"{found.folder}"' == examined
    assert found.state.exists == 3
    found.sock.close()


def test_a_connection_that_idles_leaves_nothing_of_imaplib_behind(begun):
    idler = begun(saying())
    gc.collect()
    assert [one for one in gc.get_objects() if type(one) is Client] == []
    assert heard(idler) is False


def test_all_connections_share_the_context_they_are_given(hostile):
    context = trust()
    server = at(hostile(saying()))
    socks = [open_for_idle(server, Credentials("a", "b"), deadline=5, trusted=context).sock for _ in range(2)]
    assert {id(sock.context) for sock in socks} == {id(context)}
    for sock in socks:
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        sock.close()


@pytest.mark.dovecot
@pytest.mark.parametrize("mode", ["tls", "starttls"])
def test_a_real_server_tells_of_mail_and_of_its_end(mailbox, mode):
    port = mailbox.dovecot.imaps if mode == "tls" else mailbox.dovecot.imap
    idler = Idler(opened(Server("localhost", port, mode), mailbox.user, mailbox.password))
    assert not idler.begin(0.0)
    assert not heard(idler)
    mailbox.append(b"Subject: Hello\r\n\r\nHello\r\n")
    assert heard(idler)
    other = mailbox.dovecot.client(mailbox.user)
    other.select("INBOX")
    other.store("1", "+FLAGS", "(\\Deleted)")
    other.expunge()
    other.logout()
    stop = time.monotonic() + PATIENCE
    while not heard(idler):
        assert time.monotonic() < stop
    idler.turn(idler.due)
    assert not heard(idler, 600.0)
    assert not heard(idler, 600.0)
    assert idler.due > 600 + ANSWER, "renewed"
    idler.leave()
