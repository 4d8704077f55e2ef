"""Logging in: whatever the password is, it goes to the server and nowhere else."""

import logging
import traceback

import pytest

from escala_email_plugin.servers.credentials import Credentials
from escala_email_plugin.servers.errors import LoginNotOffered
from escala_email_plugin.servers.imap import ImapSession, Refused, Server, Throttled

PASSWORD = "canary-9f2c"
NASTY = ["pass wörd ñ€漢", 'quote"back\\slash', "trailing ", "{3}", "(nil) %*", "x" * 500]


@pytest.mark.dovecot
@pytest.mark.parametrize("password", NASTY)
def test_any_password_logs_in(dovecot, trusting, password):
    trusting(dovecot.ca)
    user = f"nasty{NASTY.index(password)}@example.test"
    dovecot.add_user(user, password)
    with ImapSession(Server("localhost", dovecot.imaps, "tls"), Credentials(user, password)) as session:
        assert session.examine("INBOX").exists == 0


@pytest.mark.parametrize("password", NASTY)
def test_any_password_reaches_a_server_that_knows_only_login(hostile, password):
    sent = []

    def script(peer):
        peer.greet("IMAP4rev1", login=False)
        tag, command = peer.command()
        sent.append(command)
        peer.send("+ go on")
        sent.append(peer.line().encode("latin-1").decode())
        peer.send(f"{tag} OK [CAPABILITY IMAP4rev1] welcome")
        peer.wait()

    server = hostile(script)
    with ImapSession(Server("localhost", server.port, "tls"), Credentials('a "b" \\c', password), deadline=2):
        pass
    assert sent == [f'LOGIN "a \\"b\\" \\\\c" {{{len(password.encode())}}}', password]


@pytest.mark.dovecot
def test_a_wrong_password_is_refused_and_told_to_nobody(mailbox, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    session = ImapSession(mailbox.imap, Credentials(mailbox.user, PASSWORD))
    with pytest.raises(Refused) as caught:
        session.__enter__()
    assert caught.value.code == "login_refused"
    assert str(caught.value) == "localhost refused the user name or the password. Check both."
    told = [repr(session), repr(caught.value), *traceback.format_exception(caught.value), caplog.text]
    captured = capsys.readouterr()
    assert not [text for text in (*told, captured.out, captured.err) if PASSWORD in text]


@pytest.mark.dovecot
def test_a_whole_session_leaves_no_password_in_memory_or_log(mailbox, caplog):
    caplog.set_level(logging.DEBUG)
    with mailbox.session() as session:
        session.folders()
        session.examine("INBOX")
        session.uids(1, 100)
        client = session._client
    assert mailbox.password not in caplog.text
    assert mailbox.password not in repr((vars(session), vars(client), vars(client.protocol)))


def test_a_server_that_echoes_the_password_is_not_quoted(hostile, caplog):
    caplog.set_level(logging.DEBUG)

    def script(peer):
        peer.greet("IMAP4rev1", login=False)
        tag, _ = peer.command()
        peer.send("+ go on")
        password = peer.line()
        peer.send(f"{tag} NO no such password: {password}")
        peer.wait()

    server = hostile(script)
    with pytest.raises(Refused) as caught:
        ImapSession(
            Server("localhost", server.port, "tls"), Credentials("ann", PASSWORD), deadline=2
        ).__enter__()
    assert PASSWORD not in "".join([*traceback.format_exception(caught.value), caplog.text])


@pytest.mark.parametrize("user", ["ann\r\nX1 LOGOUT", "ann\nx", "ann\rx", "ann\0x"])
@pytest.mark.parametrize("capabilities", ["IMAP4rev1", "IMAP4rev1 AUTH=PLAIN"])
def test_neither_user_nor_password_can_smuggle_a_command(hostile, user, capabilities):
    def script(peer):
        peer.greet(capabilities, login=False)
        peer.wait()

    server = hostile(script)
    for credentials in ((user, "password"), ("ann", user)):
        with pytest.raises(Refused) as caught:
            ImapSession(
                Server("localhost", server.port, "tls"), Credentials(*credentials), deadline=2
            ).__enter__()
        assert caught.value.code == "bad_characters"
    assert [line.split()[1] for line in server.lines] == ["CAPABILITY", "CAPABILITY"]


@pytest.mark.parametrize(
    ("capabilities", "code"),
    [("IMAP4rev1 LOGINDISABLED", "login_disabled"), ("IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2", "login_method")],
)
def test_a_disabled_login_is_not_tried(hostile, capabilities, code):
    def script(peer):
        peer.greet(capabilities, login=False)
        peer.wait()

    server = hostile(script)
    with pytest.raises(LoginNotOffered) as caught:
        ImapSession(
            Server("localhost", server.port, "tls"), Credentials("ann", PASSWORD), deadline=2
        ).__enter__()
    assert caught.value.code == code
    assert len(server.lines) == 1


@pytest.mark.parametrize(
    ("answer", "kind", "code", "wait"),
    [
        ("NO [AUTHENTICATIONFAILED] Invalid credentials", Refused, "login_refused", None),
        ("NO [ALERT] Application-specific password required: https://…", Refused, "app_password", None),
        ("NO [AUTHENTICATIONFAILED] Wrong password, please try again.", Refused, "login_refused", None),
        ("NO [EXPIRED] Your password was a temporary one", Refused, "password_expired", None),
        ("NO [AUTHENTICATIONFAILED] Too many attempts, try again later", Throttled, "try_later", None),
        ("NO [CONTACTADMIN] blocked", Refused, "account_blocked", None),
        ("NO [EXPIRED] change it", Refused, "password_expired", None),
        ("NO [ALERT] Your account is not enabled for IMAP use.", Refused, "login_disabled", None),
        ("NO [UNAVAILABLE] Temporary authentication failure.", Throttled, "try_later", None),
        ("NO [ALERT] Too many simultaneous connections. (Failure)", Throttled, "too_many_connections", None),
        ("NO [LIMIT] Rate limit", Throttled, "try_later", None),
        (
            "BAD Request is throttled. Suggested Backoff Time: 299961 milliseconds",
            Throttled,
            "try_later",
            300,
        ),
        (
            "NO [UNAVAILABLE] Maximum number of connections from user+IP exceeded",
            Throttled,
            "too_many_connections",
            None,
        ),
    ],
)
def test_what_the_server_means_by_its_refusal_is_understood(hostile, answer, kind, code, wait):
    def script(peer):
        peer.greet(login=False)
        tag, _ = peer.command()
        peer.send("+ ")
        peer.line()
        peer.raw(f"{tag} {answer}\r\n".encode())
        peer.wait()

    server = hostile(script)
    with pytest.raises(kind) as caught:
        ImapSession(
            Server("localhost", server.port, "tls"), Credentials("ann", PASSWORD), deadline=2
        ).__enter__()
    assert (caught.value.code, caught.value.retry_after) == (code, wait)


@pytest.mark.dovecot
def test_too_many_connections_are_not_taken_for_a_wrong_password(trusting):
    from .dovecot import Dovecot

    extra = "mail_max_userip_connections = 1"
    with Dovecot(users={"ann@example.test": "pw"}, extra=extra) as dovecot:
        trusting(dovecot.ca)
        server = Server("localhost", dovecot.imaps, "tls")
        with ImapSession(server, Credentials("ann@example.test", "pw")), pytest.raises(Throttled) as caught:
            ImapSession(server, Credentials("ann@example.test", "pw")).__enter__()
    assert caught.value.code == "too_many_connections"


def test_a_wrong_password_is_tried_once(hostile):
    def script(peer):
        peer.greet("IMAP4rev1 AUTH=PLAIN AUTH=LOGIN", login=False)
        tag, _ = peer.command()
        peer.send("+ ")
        peer.line()
        peer.send(f"{tag} NO wrong")
        peer.wait()

    server = hostile(script)
    with pytest.raises(Refused):
        ImapSession(
            Server("localhost", server.port, "tls"), Credentials("ann", PASSWORD), deadline=2
        ).__enter__()
    assert [line.split()[1] for line in server.lines if " " in line] == ["CAPABILITY", "AUTHENTICATE"]
