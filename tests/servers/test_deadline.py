"""However slowly a server drips, an operation ends at its deadline."""

import socket
import ssl
import threading
import time
from contextlib import contextmanager

import pytest

from escala_email_plugin.servers import wire
from escala_email_plugin.servers.credentials import Credentials
from escala_email_plugin.servers.errors import WireError
from escala_email_plugin.servers.imap import ImapSession, ProtocolTrouble, Server, Unreachable

DEADLINE = 0.4


@contextmanager
def in_time(seconds=DEADLINE):
    """The block ends at the deadline: not before, and hardly after."""
    began = time.monotonic()
    yield
    took = time.monotonic() - began
    assert seconds * 0.9 <= took < seconds + 0.4, took


def open_session(server, mode="tls"):
    session = ImapSession(Server("localhost", server.port, mode), Credentials("ann", "pw"), deadline=DEADLINE)
    return session.__enter__()


def drip_bytes(peer):
    peer.drip(b"* OK " + b"x" * 200)


def drip_lines(peer):
    for _ in range(200):
        peer.send("* OK still here")
        time.sleep(0.02)


def silence(peer):
    peer.wait()


@pytest.mark.parametrize("behaviour", [drip_bytes, drip_lines, silence])
def test_a_greeting_is_not_waited_for_beyond_the_deadline(hostile, behaviour):
    server = hostile(behaviour)
    with in_time(), pytest.raises(Unreachable) as caught:
        open_session(server)
    assert caught.value.code == "timeout"


def test_a_silent_plain_port_gets_the_advice_to_choose_tls(hostile):
    server = hostile(silence, tls=False)
    with in_time(), pytest.raises(Unreachable) as caught:
        open_session(server, "starttls")
    assert caught.value.code == "no_greeting"
    assert "choose TLS instead of STARTTLS" in str(caught.value)


@pytest.mark.parametrize("behaviour", [drip_bytes, drip_lines, silence])
def test_a_login_is_not_waited_for_beyond_the_deadline(hostile, behaviour):
    def script(peer):
        peer.greet(login=False)
        peer.command()
        peer.send("+ ")
        behaviour(peer)

    server = hostile(script)
    with in_time(), pytest.raises(Unreachable) as caught:
        open_session(server)
    assert caught.value.code == "timeout"


@pytest.mark.parametrize("mode", ["tls", "starttls"])
def test_a_dripping_handshake_is_cut_at_the_deadline(hostile, mode):
    def script(peer):
        if mode == "starttls":
            peer.greet("IMAP4rev1 STARTTLS", login=False)
            peer.answer("STARTTLS")
            time.sleep(0.1)
        peer.drip(b"\x16\x03\x03\x02\x00" + b"\x02" * 500, pause=0.02)

    server = hostile(script, tls=False)
    with in_time(), pytest.raises(Unreachable) as caught:
        open_session(server, mode)
    assert caught.value.code == "timeout"


@pytest.mark.parametrize("behaviour", [drip_bytes, drip_lines, silence])
def test_a_command_ends_at_its_deadline_and_the_session_with_it(hostile, behaviour):
    def script(peer):
        peer.greet()
        peer.command()
        behaviour(peer)

    server = hostile(script)
    session = open_session(server)
    with in_time(), pytest.raises(Unreachable) as caught:
        session.folders()
    assert caught.value.code == "timeout"
    with pytest.raises(ProtocolTrouble, match="already been closed"):
        session.folders()


def test_a_hanging_fetch_is_protocol_trouble_so_that_messages_are_tried_singly(hostile):
    def script(peer):
        peer.greet()
        peer.answer("EXAMINE", "* 1 EXISTS", "* OK [UIDVALIDITY 7] valid")
        peer.command()
        peer.raw(b"* 1 FETCH (UID 1 BODY[] {100}\r\n")
        peer.drip(b"x" * 100)

    server = hostile(script)
    session = open_session(server)
    session.examine("INBOX")
    with in_time(), pytest.raises(ProtocolTrouble) as caught:
        session.bodies([1])
    assert caught.value.code == "timeout"


def test_each_operation_has_all_its_time(hostile):
    def script(peer):
        peer.greet()
        for _ in range(3):
            tag, _command = peer.command()
            time.sleep(DEADLINE * 0.6)
            peer.send('* LIST () "/" INBOX', f"{tag} OK done")
        peer.wait()

    server = hostile(script)
    session = open_session(server)
    with in_time(DEADLINE * 1.8):
        for _ in range(3):
            assert [folder.name for folder in session.folders()] == ["INBOX"]


def test_a_port_that_does_not_answer_is_given_up_at_the_deadline():
    with socket.socket() as listener, socket.socket() as filler:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        filler.connect(listener.getsockname())  # the queue is full now: Linux drops further ones
        server = Server("127.0.0.1", listener.getsockname()[1], "tls")
        with in_time(), pytest.raises(Unreachable) as caught:
            ImapSession(server, Credentials("ann", "pw"), deadline=DEADLINE).__enter__()
    assert caught.value.code == "timeout"
    assert f"port {server.port} within 0 seconds" in str(caught.value)


def test_a_dead_first_address_leaves_time_for_the_second(hostile):
    server = hostile(silence)
    with socket.socket() as listener, socket.socket() as filler:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        filler.connect(listener.getsockname())
        addresses = [
            (socket.AF_INET, socket.SOCK_STREAM, 0, "", address)
            for address in (listener.getsockname(), ("127.0.0.1", server.port))
        ]
        with in_time(DEADLINE / 2):
            wire.connect(addresses, wire.Deadline(DEADLINE)).close()


def test_an_address_of_a_kind_this_machine_has_none_of_leaves_the_second():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stream = (socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
        addresses = [(9999, *stream, ("::1", 993, 0, 0)), (socket.AF_INET, *stream, listener.getsockname())]
        wire.connect(addresses, wire.Deadline(DEADLINE)).close()
        with pytest.raises(WireError) as caught:
            wire.connect(addresses[:1], wire.Deadline(DEADLINE))
    assert caught.value.code == "network_unreachable"


def test_a_name_service_that_hangs_is_given_up_at_the_deadline(monkeypatch):
    woken = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: woken.wait(5))
    with in_time(), pytest.raises(WireError) as caught:
        wire.resolve("mail.example.test", 993, wire.Deadline(DEADLINE))
    woken.set()
    assert caught.value.code == "dns_failed"


def test_sending_to_a_server_that_does_not_read_ends_at_the_deadline():
    ours, theirs = socket.socketpair()
    with theirs, in_time(), pytest.raises(WireError) as caught:
        wire.Wire(ours, wire.Deadline(DEADLINE), 0).send(bytes(2**24))
    ours.close()
    assert caught.value.code == "timeout"


def test_leaving_a_silent_server_takes_no_longer_than_the_deadline(hostile):
    def script(peer):
        peer.greet()
        assert peer.line().endswith(" LOGOUT")
        peer.line()  # nothing more comes, and nothing is answered

    server = hostile(script)
    session = open_session(server)
    with in_time():
        session.__exit__(None, None, None)


def test_the_handshake_of_openssl_keeps_one_timeout_for_all_of_it():
    # What wire.encrypt relies on.
    ours, theirs = socket.socketpair()

    def drip():
        try:
            for byte in b"\x16\x03\x03\x02\x00" + b"\x02" * 500:
                theirs.sendall(bytes([byte]))
                time.sleep(0.02)
        except OSError:
            pass

    thread = threading.Thread(target=drip)
    thread.start()
    ours.settimeout(DEADLINE)
    with in_time(), pytest.raises(TimeoutError):
        ssl.create_default_context().wrap_socket(ours, server_hostname="localhost")
    thread.join()
    theirs.close()
