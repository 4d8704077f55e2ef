"""Nothing secret before verified TLS."""

import ssl

import pytest

from escala_email_plugin import conf
from escala_email_plugin.servers.credentials import Credentials
from escala_email_plugin.servers.imap import ImapSession, Server, Unreachable, Untrusted

from .certificates import Authority

PASSWORD = "canary-51d0"


def refused(server, mode="tls", kind=Untrusted, host="localhost"):
    """Connecting must fail; returns the code."""
    with pytest.raises(kind) as caught:
        ImapSession(
            Server(host, server.port, mode), Credentials("ann@example.test", PASSWORD), deadline=2
        ).__enter__()
    assert not [line for line in server.lines if PASSWORD in line or "AUTH" in line or "LOGIN" in line]
    assert str(caught.value)
    return caught.value.code


def good(peer):
    peer.greet()
    peer.wait()


def test_a_trusted_certificate_lets_in(hostile):
    server = hostile(good)
    with ImapSession(
        Server("localhost", server.port, "tls"), Credentials("ann", PASSWORD), deadline=2
    ) as session:
        assert isinstance(session._wire.sock, ssl.SSLSocket)


@pytest.mark.parametrize(
    ("certificate", "code"),
    [
        ({"expired": True}, "certificate_expired"),
        ({"hosts": ("other.example.test",)}, "certificate_wrong_host"),
    ],
)
@pytest.mark.parametrize("mode", ["tls", "starttls"])
def test_a_bad_certificate_is_refused_and_named(hostile, authority, certificate, code, mode):
    context = authority.server_context(name=code, **certificate)

    def script(peer):
        if mode == "starttls":
            peer.greet("IMAP4rev1 STARTTLS", login=False)
            peer.answer("STARTTLS")
        peer.encrypt(context)
        good(peer)

    assert refused(hostile(script, tls=False), mode) == code


def test_an_address_the_certificate_does_not_name_is_refused(hostile, authority):
    context = authority.server_context(name="named", hosts=("localhost",))
    server = hostile(lambda peer: (peer.encrypt(context), good(peer)), tls=False)
    assert refused(server, host="127.0.0.1") == "certificate_wrong_host"


def test_an_unknown_authority_is_refused(hostile, tmp_path):
    context = Authority(tmp_path).server_context()
    server = hostile(lambda peer: (peer.encrypt(context), good(peer)), tls=False)
    assert refused(server) == "certificate_untrusted"


def test_an_authority_too_lax_for_newer_pythons_gets_its_own_sentence(
    hostile, tmp_path, trusting, monkeypatch
):
    lax = Authority(tmp_path, strict=False)
    server = hostile(lambda peer: (peer.encrypt(lax.server_context()), good(peer)), tls=False)
    trusting(lax.ca)
    lenient = conf.ssl_context

    def strict():
        context = lenient()
        context.verify_flags |= ssl.VERIFY_X509_STRICT  # Python 3.13's default
        return context

    monkeypatch.setattr(conf, "ssl_context", strict)
    assert refused(server) == "certificate_strict"


def test_a_missing_ca_file_is_the_sites_trouble(hostile, trusting):
    server = hostile(good)
    trusting("/nowhere/ca.pem")
    assert refused(server) == "ca_file"


@pytest.mark.parametrize(
    "greeting", [b"* OK ready\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"220 hello\r\n"]
)
def test_a_plain_server_on_a_tls_port_gets_the_advice_to_use_starttls(hostile, greeting):
    server = hostile(lambda peer: (peer.raw(greeting), peer.wait()), tls=False)
    assert refused(server) == "not_tls"


def test_a_port_that_hangs_up_in_the_handshake_is_untrusted(hostile):
    server = hostile(lambda peer: None, tls=False)
    assert refused(server) == "tls_failed"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
def test_a_tls_version_too_old_is_refused(hostile, authority):
    context = authority.server_context(name="old")
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1

    def script(peer):
        with pytest.raises(ssl.SSLError):
            peer.encrypt(context)

    assert refused(hostile(script, tls=False)) == "tls_failed"


def test_stripped_starttls_ends_the_connection(hostile):
    def script(peer):
        peer.greet("IMAP4rev1 AUTH=PLAIN", login=False)
        peer.wait()

    server = hostile(script, tls=False)
    assert refused(server, "starttls") == "starttls_missing"
    assert [line.split()[1] for line in server.lines] == ["CAPABILITY"]


@pytest.mark.parametrize("answer", ["NO not now", "BAD what?"])
def test_a_refused_starttls_ends_the_connection(hostile, answer):
    def script(peer):
        peer.greet("IMAP4rev1 STARTTLS AUTH=PLAIN", login=False)
        peer.answer("STARTTLS", result=answer)
        peer.wait()

    assert refused(hostile(script, tls=False), "starttls") == "starttls_missing"


def test_text_injected_behind_starttls_is_refused(hostile, good_context):
    def script(peer):
        peer.greet("IMAP4rev1 STARTTLS", login=False)
        tag, _ = peer.command()
        peer.send(f"{tag} OK begin", "* CAPABILITY IMAP4rev1 AUTH=PLAIN", "A2 OK injected")
        peer.encrypt(good_context)
        peer.wait()

    assert refused(hostile(script, tls=False), "starttls") == "starttls_tampered"


def test_what_was_said_before_tls_is_forgotten(hostile, good_context):
    def script(peer):
        peer.send("* OK ready")
        peer.answer("CAPABILITY", "* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED")
        peer.answer("STARTTLS", '* LIST (\\Sent) "/" Forged', "* CAPABILITY FORGED")
        peer.encrypt(good_context)
        peer.answer("CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN")
        tag, _ = peer.command()
        peer.send("+ ")
        peer.line()
        peer.send(f"{tag} OK welcome")
        peer.answer("CAPABILITY", "* CAPABILITY IMAP4rev1 IDLE")
        peer.answer("LIST", '* LIST () "/" INBOX')
        peer.wait()

    server = hostile(script, tls=False)
    with ImapSession(
        Server("localhost", server.port, "starttls"), Credentials("ann", PASSWORD), deadline=2
    ) as session:
        assert session.capabilities == {"IMAP4REV1", "IDLE"}
        assert [folder.name for folder in session.folders()] == ["INBOX"]


@pytest.mark.parametrize("mode", ["tls", "starttls"])
def test_preauth_is_refused(hostile, mode):
    def script(peer):
        peer.send("* PREAUTH welcome")
        peer.answer("CAPABILITY", "* CAPABILITY IMAP4rev1 STARTTLS")
        peer.wait()

    assert refused(hostile(script, tls=mode == "tls"), mode) == "preauth"


def test_a_closed_port_is_unreachable(hostile):
    server = hostile(good)
    server.port = 1
    assert refused(server, kind=Unreachable) == "port_closed"


@pytest.mark.parametrize(
    "host", ["", ".", "no host", "a..b", "x" * 300, "evil\r\nX", "nul\0", "[::1", "ñ" * 70]
)
def test_a_name_that_is_none_is_not_found(hostile, host):
    server = hostile(good)
    assert refused(server, kind=Unreachable, host=host) in ("host_not_found", "dns_failed", "port_closed")


def test_a_host_that_does_not_exist_is_not_found(hostile):
    # A machine without a name service gives the second answer (RFC 6761 6.4 reserves .invalid).
    assert refused(hostile(good), kind=Unreachable, host="mail.invalid") in ("host_not_found", "dns_failed")


@pytest.mark.parametrize("port", [0, 70_000, -1])
def test_a_port_that_is_none_is_refused(hostile, port):
    server = hostile(good)
    server.port = port
    assert refused(server, kind=Unreachable) == "port_not_for_mail"
