"""Sending: verified, encrypted, and no password anywhere else."""

import logging
import ssl
import time
import traceback
from base64 import b64encode

import pytest
from django.core.mail import EmailMessage

from escala_email_plugin.servers.credentials import Credentials
from escala_email_plugin.servers.errors import SmtpError
from escala_email_plugin.servers.imap import Server
from escala_email_plugin.servers.smtp import check, smtp_connection

PASSWORD = "canary-77aa"
EHLO = ("250-mail.example.test", "250-AUTH PLAIN LOGIN", "250 SIZE 1000")


def ehlo(peer, *lines):
    assert peer.line().upper().startswith("EHLO")
    peer.send(*lines or EHLO)


def refused(server, mode="tls", user="ann", password=PASSWORD, timeout=2.0, host="localhost"):
    """Checking must fail; returns the error."""
    with pytest.raises(SmtpError) as caught:
        check(Server(host, server.port, mode), Credentials(user, password), timeout)
    told = "".join(traceback.format_exception(caught.value))
    assert PASSWORD not in told
    assert str(caught.value)
    return caught.value


@pytest.mark.dovecot
@pytest.mark.parametrize("mode", ["tls", "starttls"])
def test_a_message_is_sent(mailbox, mode):
    port = mailbox.dovecot.submissions if mode == "tls" else mailbox.dovecot.submission
    connection = smtp_connection(Server("localhost", port, mode), Credentials(mailbox.user, mailbox.password))
    before = len(mailbox.dovecot.sent)
    message = EmailMessage(
        "Hello", "Hello\n.\nBob", mailbox.user, ["bob@example.test"], connection=connection
    )
    assert message.send() == 1
    (sent,) = mailbox.dovecot.sent[before:]
    assert (sent.sender, sent.recipients) == (mailbox.user, ["bob@example.test"])
    assert b"\r\n\r\nHello\r\n.\r\nBob" in sent.raw
    assert b"\n" not in sent.raw.replace(b"\r\n", b"")
    assert isinstance(connection.ssl_context, ssl.SSLContext)
    assert connection.ssl_context.check_hostname


@pytest.mark.dovecot
def test_an_open_connection_sends_several_messages(mailbox):
    before = len(mailbox.dovecot.sent)
    with smtp_connection(mailbox.smtp, Credentials(mailbox.user, mailbox.password)) as connection:
        for number in range(3):
            EmailMessage(str(number), "", mailbox.user, ["bob@example.test"], connection=connection).send()
    assert len(mailbox.dovecot.sent) == before + 3


@pytest.mark.dovecot
@pytest.mark.parametrize("password", ["pass wörd ñ€漢", 'quote"back\\slash', "x" * 300])
def test_any_password_logs_in(dovecot, trusting, password):
    trusting(dovecot.ca)
    user = f"smtp{len(password)}@example.test"
    dovecot.add_user(user, password)
    check(Server("localhost", dovecot.submissions, "tls"), Credentials(user, password), sender=user)


@pytest.mark.dovecot
def test_a_wrong_password_is_refused_and_told_to_nobody(mailbox, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    server = Server("localhost", mailbox.dovecot.submissions, "tls")
    with pytest.raises(SmtpError) as caught:
        check(server, Credentials(mailbox.user, PASSWORD))
    assert caught.value.code == "login_refused"
    connection = smtp_connection(server, Credentials(mailbox.user, PASSWORD))
    captured = capsys.readouterr()
    told = [repr(connection), *traceback.format_exception(caught.value), caplog.text, *captured]
    encoded = b64encode(f"\0{mailbox.user}\0{PASSWORD}".encode()).decode()
    assert not [text for text in told if PASSWORD in text or encoded in text]


def test_a_server_that_knows_only_login_gets_utf_8(hostile):
    def script(peer):
        peer.send("220 ready")
        ehlo(peer, "250-hello", "250 AUTH LOGIN")
        assert peer.line() == "AUTH LOGIN"
        peer.send("334 VXNlcm5hbWU6")
        assert peer.line() == b64encode("ñ".encode()).decode()
        peer.send("334 UGFzc3dvcmQ6")
        assert peer.line() == b64encode("wörd".encode()).decode()
        peer.send("235 welcome")
        peer.line()
        peer.send("221 bye")

    check(Server("localhost", hostile(script).port, "tls"), Credentials("ñ", "wörd"), 2.0)


@pytest.mark.parametrize(
    ("answer", "code", "wait"),
    [
        ("535 5.7.8 Bad credentials", "login_refused", None),
        ("535 5.7.8 wrong, try again", "login_refused", None),
        ("534 5.7.9 Application-specific password required", "app_password", None),
        (
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled",
            "login_disabled",
            None,
        ),
        ("535 5.7.139 Authentication unsuccessful, basic authentication is disabled", "login_disabled", None),
        ("454 4.7.0 Temporary authentication failure", "try_later", None),
        ("421 4.7.0 Too many connections", "too_many_connections", None),
        ("432 Suggested Backoff Time: 1500 milliseconds", "try_later", 2),
    ],
)
def test_a_refused_login_is_understood_and_tried_once(hostile, answer, code, wait):
    def script(peer):
        peer.send("220 ready")
        ehlo(peer)
        peer.line()
        peer.send(answer)
        peer.line()
        peer.send("221 bye")

    server = hostile(script)
    error = refused(server)
    assert (error.code, error.retry_after) == (code, wait)
    assert len([line for line in server.lines if line.startswith("AUTH")]) == 1


@pytest.mark.parametrize(
    ("lines", "code"),
    [(("250 hello",), "login_disabled"), (("250-hello", "250 AUTH XOAUTH2"), "login_method")],
)
def test_a_server_without_password_login_is_named(hostile, lines, code):
    def script(peer):
        peer.send("220 ready")
        ehlo(peer, *lines)
        peer.line()
        peer.send("221 bye")

    assert refused(hostile(script)).code == code


@pytest.mark.parametrize("text", ["a\r\nRSET", "a\nb", "a\0b"])
def test_neither_user_nor_password_can_smuggle_a_command(hostile, text):
    def script(peer):
        peer.send("220 ready")
        peer.line()
        peer.send("221 bye")

    server = hostile(script)
    assert refused(server, user=text).code == "bad_characters"
    assert refused(server, password=text).code == "bad_characters"
    assert server.lines == ["quit", "quit"]


@pytest.mark.parametrize(
    ("certificate", "code"),
    [
        ({"expired": True}, "certificate_expired"),
        ({"hosts": ("other.example.test",)}, "certificate_wrong_host"),
    ],
)
@pytest.mark.parametrize("mode", ["tls", "starttls"])
def test_a_bad_certificate_ends_it_before_the_login(hostile, authority, certificate, code, mode):
    context = authority.server_context(name=f"smtp-{code}", **certificate)

    def script(peer):
        if mode == "starttls":
            peer.send("220 ready")
            ehlo(peer, "250-hello", "250 STARTTLS")
            peer.line()
            peer.send("220 go on")
        peer.encrypt(context)

    server = hostile(script, tls=False)
    assert refused(server, mode).code == code
    assert not [line for line in server.lines if line.startswith("AUTH")]


@pytest.mark.parametrize("answer", [None, "454 not now", "502 unknown"])
def test_a_password_never_goes_out_unencrypted(hostile, answer):
    def script(peer):
        peer.send("220 ready")
        ehlo(peer, "250-hello", "250-AUTH PLAIN", "250 STARTTLS" if answer else "250 SIZE 1")
        if answer:
            peer.line()
            peer.send(answer)
        peer.line()
        peer.send("221 bye")

    server = hostile(script, tls=False)
    assert refused(server, "starttls").code == "starttls_missing"
    assert {line.split()[0].upper() for line in server.lines} <= {"EHLO", "STARTTLS", "QUIT"}


def test_text_injected_behind_starttls_is_refused(hostile, good_context):
    def script(peer):
        peer.send("220 ready")
        ehlo(peer, "250-hello", "250 STARTTLS")
        peer.line()
        peer.send("220 go on", "250-injected", "250 AUTH PLAIN")
        peer.encrypt(good_context)

    server = hostile(script, tls=False)
    assert refused(server, "starttls").code == "starttls_tampered"


def test_a_plain_server_on_a_tls_port_is_named(hostile):
    server = hostile(lambda peer: (peer.send("220 ready"), peer.wait()), tls=False)
    assert refused(server).code == "not_tls"


@pytest.mark.parametrize(
    ("greeting", "code"),
    [
        (b"* OK IMAP4rev1 ready\r\n", "not_smtp"),
        (b"+OK POP3\r\n", "not_smtp"),
        (b"554 no mail from here\r\n", "smtp_refused"),
        (b"421 too many connections\r\n", "too_many_connections"),
        (b"450 greylisted\r\n", "try_later"),
        (b"", "connection_lost"),
        (b"x" * 20_000 + b"\r\n", "smtp_refused"),
        (b"220-" + b"x" * 1000 + b"\r\n", "connection_lost"),
        (b"220-x\r\n" * 400_000, "too_big_answer"),
    ],
    ids=lambda value: str(value[:20]),
)
def test_an_odd_greeting_gets_its_own_sentence(hostile, greeting, code):
    assert refused(hostile(lambda peer: peer.raw(greeting))).code == code


def test_a_closed_port_is_named(hostile):
    server = hostile(lambda peer: None)
    server.port = 1
    assert refused(server).code == "port_closed"


def test_a_host_that_does_not_exist_is_named(hostile):
    assert refused(hostile(lambda peer: None), host="mail.invalid").code in ("host_not_found", "dns_failed")


@pytest.mark.parametrize("behaviour", ["bytes", "lines", "silence"])
@pytest.mark.parametrize("moment", ["greeting", "login"])
def test_a_dripping_server_is_cut_at_the_deadline(hostile, behaviour, moment):
    def script(peer):
        if moment == "login":
            peer.send("220 ready")
            ehlo(peer)
            peer.line()
        if behaviour == "bytes":
            peer.drip(b"220 " + b"x" * 500, pause=0.02)
        for _ in range(200 if behaviour == "lines" else 0):
            peer.send("220-still here")
            time.sleep(0.02)
        peer.wait()

    server = hostile(script)
    began = time.monotonic()
    assert refused(server, timeout=0.4).code == "timeout"
    assert 0.3 < time.monotonic() - began < 0.9


def test_a_silent_plain_port_gets_the_advice_to_choose_tls(hostile):
    server = hostile(lambda peer: peer.wait(), tls=False)
    assert refused(server, "starttls", timeout=0.3).code == "no_greeting"


def test_a_good_bye_that_fails_does_not_unsend_a_message(hostile):
    def script(peer):
        peer.send("220 ready")
        ehlo(peer)
        peer.line()
        peer.send("235 welcome")
        for answer in ("250 sender", "250 recipient", "354 go on"):
            peer.line()
            peer.send(answer)
        while peer.line() != ".":
            pass
        peer.send("250 queued")
        peer.line()
        peer.send("421 4.3.0 oops")

    server = Server("localhost", hostile(script).port, "tls")
    connection = smtp_connection(server, Credentials("ann", PASSWORD), 2.0)
    assert EmailMessage("s", "b", "a@example.test", ["b@example.test"], connection=connection).send() == 1


def test_a_server_that_hangs_after_the_message_ends_at_the_deadline(hostile):
    def script(peer):
        peer.send("220 ready")
        ehlo(peer)
        peer.line()
        peer.send("235 welcome")
        for answer in ("250 sender", "250 recipient", "354 go on"):
            peer.line()
            peer.send(answer)
        peer.drip(b"250-" + b"x" * 500, pause=0.02)

    server = Server("localhost", hostile(script).port, "tls")
    connection = smtp_connection(server, Credentials("ann", PASSWORD), 0.4)
    began = time.monotonic()
    with pytest.raises(SmtpError) as caught:
        EmailMessage("s", "b", "a@example.test", ["b@example.test"], connection=connection).send()
    assert caught.value.code == "timeout"
    assert time.monotonic() - began < 1.5


def test_a_sender_the_server_does_not_let_is_named(hostile):
    def script(peer):
        peer.send("220 ready")
        ehlo(peer)
        peer.line()
        peer.send("235 welcome")
        assert peer.line().upper().startswith("MAIL FROM:<BOSS@EXAMPLE.TEST>")
        peer.send("550 5.7.1 not yours")
        peer.line()
        peer.send("221 bye")

    server = Server("localhost", hostile(script).port, "tls")
    with pytest.raises(SmtpError) as caught:
        check(server, Credentials("ann", PASSWORD), 2.0, sender="boss@example.test")
    assert caught.value.code == "sender_refused"
