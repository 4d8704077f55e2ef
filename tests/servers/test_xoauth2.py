"""Logging in with an access token: once, inside verified TLS, and what a refusal means."""

import json
import traceback
from base64 import b64decode, b64encode

import pytest

from escala_email_plugin.servers.credentials import Credentials
from escala_email_plugin.servers.errors import SmtpError
from escala_email_plugin.servers.imap import (
    ImapError,
    ImapSession,
    ProtocolTrouble,
    Refused,
    Server,
    Throttled,
    Untrusted,
)
from escala_email_plugin.servers.smtp import check

TOKEN = "ya29.canary-token"
ANN = Credentials("ann@example.test", TOKEN, "xoauth2")
SENT = "user=ann@example.test\1auth=Bearer ya29.canary-token\1\1"


def challenge(status="401", **more):
    return b64encode(json.dumps({"status": status, "schemes": "Bearer", **more}).encode()).decode()


def imap(refusal=None, answer="NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", offers="SASL-IR"):
    """A server that takes the token, or refuses it with a challenge and then an answer."""
    capabilities = f"IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 {offers}".strip()

    def script(peer):
        peer.greet(capabilities, login=False)
        tag, command = peer.command()
        if command == "AUTHENTICATE XOAUTH2":
            peer.send("+ ")
            peer.line()
        if refusal is None:
            peer.send(f"{tag} OK [CAPABILITY {capabilities}] welcome")
        else:
            peer.send(f"+ {refusal}")
            peer.line()
            peer.send(f"{tag} {answer}")
        peer.wait()

    return script


def smtp(*replies, offers="PLAIN XOAUTH2"):
    """A server that answers AUTH, and whatever comes next, by ``replies``."""

    def script(peer):
        peer.send("220 ready")
        peer.line()
        peer.send("250-hello", f"250 AUTH {offers}")
        for reply in replies:
            peer.line()
            peer.send(reply)
        peer.line()
        peer.send("221 bye")

    return script


def at_imap(server, credentials=ANN, mode="tls"):
    session = ImapSession(Server("localhost", server.port, mode), credentials, deadline=2)
    with session:
        pass
    return session


def refused_at_imap(server, credentials=ANN, mode="tls"):
    with pytest.raises(ImapError) as caught:
        at_imap(server, credentials, mode)
    return caught.value


def refused_at_smtp(server, credentials=ANN):
    with pytest.raises(SmtpError) as caught:
        check(Server("localhost", server.port, "tls"), credentials, 2.0)
    return caught.value


class TestImap:
    def test_the_token_goes_with_the_command_where_the_server_takes_it_so(self, hostile):
        server = hostile(imap())
        at_imap(server)
        command, method, sent = server.lines[1].split()[1:]
        assert (command, method, b64decode(sent).decode()) == ("AUTHENTICATE", "XOAUTH2", SENT)

    def test_elsewhere_it_waits_to_be_asked(self, hostile):
        server = hostile(imap(offers=""))
        at_imap(server)
        assert server.lines[1].split()[1:] == ["AUTHENTICATE", "XOAUTH2"]
        assert b64decode(server.lines[2]).decode() == SENT

    @pytest.mark.parametrize("offers", ["", "SASL-IR"])
    def test_a_challenge_is_answered_by_an_empty_line_and_nothing_is_tried_again(self, hostile, offers):
        server = hostile(imap(challenge(), offers=offers))
        error = refused_at_imap(server)
        assert (type(error), error.code) == (Refused, "access_refused")
        assert server.lines[-1] == ""
        assert len([line for line in server.lines if "AUTHENTICATE" in line]) == 1

    def test_challenges_without_end_come_to_one(self, hostile):
        def script(peer):
            peer.greet("IMAP4rev1 AUTH=XOAUTH2", login=False)
            while True:
                peer.line()
                peer.send(f"+ {challenge()}")

        error = refused_at_imap(hostile(script))
        assert error.code in ("timeout", "too_big_answer")

    @pytest.mark.parametrize(
        ("refusal", "answer", "kind", "code"),
        [
            (challenge("400"), "NO SASL authentication failed", Refused, "access_refused"),
            (challenge("403"), "NO Invalid credentials", Refused, "scope_missing"),
            (challenge("500"), "NO Invalid credentials", Throttled, "try_later"),
            (challenge("429"), "NO Invalid credentials", Throttled, "try_later"),
            (challenge(), "NO [UNAVAILABLE] Temporary authentication failure", Throttled, "try_later"),
            (challenge(), "NO [SERVERBUG] Internal error", Throttled, "try_later"),
            (challenge(), "NO User is authenticated but not connected.", Throttled, "try_later"),
            (challenge(), "NO [ALERT] Your account is not enabled for IMAP use.", Refused, "imap_disabled"),
            (challenge(), "NO IMAP access disabled for this mailbox", Refused, "imap_disabled"),
            (challenge(), "NO [WEBALERT https://x] Web login required.", Refused, "account_blocked"),
            (challenge(), "BAD Command Argument Error. 12", Refused, "access_refused"),
            ("no base64 &", "NO AUTHENTICATE failed.", Refused, "access_refused"),
            (b64encode(b"[" * 9999).decode(), "NO AUTHENTICATE failed.", Refused, "access_refused"),
            (b64encode(b'["401"]').decode(), "NO AUTHENTICATE failed.", Refused, "access_refused"),
            (b64encode(b'{"status": {"a": 5}}').decode(), "NO failed.", Refused, "access_refused"),
            ("", "NO AUTHENTICATE failed.", Refused, "access_refused"),
        ],
    )
    def test_what_a_refusal_means_is_understood(self, hostile, refusal, answer, kind, code):
        error = refused_at_imap(hostile(imap(refusal, answer)))
        assert (type(error), error.code) == (kind, code)

    def test_a_command_that_was_not_understood_refused_no_token(self, hostile):
        def script(peer):
            peer.greet("IMAP4rev1 AUTH=XOAUTH2 SASL-IR", login=False)
            tag, _ = peer.command()
            peer.raw(f"{tag} BAD Command Argument Error. 12\r\n".encode())
            peer.wait()

        error = refused_at_imap(hostile(script))
        assert (type(error), error.code) == (ProtocolTrouble, "bad_answer")

    def test_a_server_that_takes_no_tokens_gets_none(self, hostile):
        def script(peer):
            peer.greet("IMAP4rev1 AUTH=PLAIN", login=False)
            peer.wait()

        server = hostile(script)
        assert refused_at_imap(server).code == "token_login"
        assert len(server.lines) == 1

    @pytest.mark.parametrize("nasty", ["a\r\nX LOGOUT", "a\nb", "a\0b", "a\1auth=Bearer b"])
    def test_neither_user_nor_token_can_smuggle_anything(self, hostile, nasty):
        def script(peer):
            peer.greet("IMAP4rev1 AUTH=XOAUTH2", login=False)
            peer.wait()

        server = hostile(script)
        for one in (Credentials(nasty, TOKEN, "xoauth2"), Credentials("ann", nasty, "xoauth2")):
            assert refused_at_imap(server, one).code == "bad_characters"
        assert len(server.lines) == 2

    def test_no_token_goes_out_unencrypted(self, hostile):
        def script(peer):
            peer.greet("IMAP4rev1 AUTH=XOAUTH2 SASL-IR", login=False)
            peer.wait()

        server = hostile(script, tls=False)
        error = refused_at_imap(server, mode="starttls")
        assert (type(error), error.code) == (Untrusted, "starttls_missing")
        assert len(server.lines) == 1

    @pytest.mark.parametrize("offers", ["", "SASL-IR"])
    def test_neither_token_nor_challenge_is_told_to_anybody(self, hostile, caplog, offers):
        caplog.set_level(0)
        secret = challenge("401", scope="https://canary.test/")
        server = hostile(imap(secret, f"NO canary {b64encode(SENT.encode()).decode()}", offers))
        error = refused_at_imap(server)
        told = "".join([*traceback.format_exception(error), caplog.text, str(error), repr(error), repr(ANN)])
        assert "canary" not in told
        assert secret not in told

    def test_no_token_stays_in_a_session(self, hostile):
        session = ImapSession(Server("localhost", hostile(imap()).port, "tls"), ANN, deadline=2)
        with session:
            protocol = session._client.protocol
            kept = repr((vars(session), vars(session._client), vars(protocol)))
        assert TOKEN not in kept
        assert b64encode(SENT.encode()).decode() not in kept


class TestSmtp:
    def test_the_token_goes_with_the_command(self, hostile):
        server = hostile(smtp("235 2.7.0 Accepted"))
        check(Server("localhost", server.port, "tls"), ANN, 2.0)
        assert b64decode(server.lines[1].removeprefix("AUTH XOAUTH2 ")).decode() == SENT

    def test_a_challenge_is_answered_by_an_empty_line_and_nothing_is_tried_again(self, hostile):
        server = hostile(smtp(f"334 {challenge()}", "535 5.7.8 Username and Password not accepted"))
        assert refused_at_smtp(server).code == "access_refused"
        assert [line.split(" ")[0] for line in server.lines[1:]] == ["AUTH", "", "quit"]

    @pytest.mark.parametrize(
        ("replies", "code", "wait"),
        [
            (("535 5.7.3 Authentication unsuccessful, try again",), "access_refused", None),
            (
                ("535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled",),
                "smtp_disabled",
                None,
            ),
            ((f"334 {challenge('403')}", "535 5.7.8 no"), "scope_missing", None),
            ((f"334 {challenge('503')}", "535 5.7.8 no"), "try_later", None),
            (("454 4.7.0 Temporary authentication failure",), "try_later", None),
            (("432 4.3.2 Concurrent connections limit",), "try_later", None),
            (("451 Suggested Backoff Time: 1500 milliseconds",), "try_later", 2),
            (("334 &", "501 5.5.2 Cannot decode"), "access_refused", None),
        ],
    )
    def test_what_a_refusal_means_is_understood(self, hostile, replies, code, wait):
        error = refused_at_smtp(hostile(smtp(*replies)))
        assert (error.code, error.retry_after) == (code, wait)

    def test_a_server_that_takes_no_tokens_gets_none(self, hostile):
        server = hostile(smtp(offers="PLAIN LOGIN"))
        assert refused_at_smtp(server).code == "token_login"
        assert not [line for line in server.lines if line.startswith("AUTH")]

    def test_neither_token_nor_challenge_is_told_to_anybody(self, hostile, caplog):
        caplog.set_level(0)
        server = hostile(smtp(f"334 {challenge(scope='canary')}", f"535 canary {TOKEN}"))
        error = refused_at_smtp(server)
        assert "canary" not in "".join([*traceback.format_exception(error), caplog.text, str(error)])
