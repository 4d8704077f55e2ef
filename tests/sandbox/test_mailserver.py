"""The sandbox's mail server, asked by a real client over TLS."""

import os
import select
import smtplib
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from escala_email_plugin.servers.credentials import Credentials
from escala_email_plugin.servers.errors import SmtpError
from escala_email_plugin.servers.imap import ImapSession, Refused
from escala_email_plugin.servers.imap_idle import ANSWER, Idler
from escala_email_plugin.servers.imap_takeover import open_for_idle
from escala_email_plugin.servers.server import Server as MailServer
from escala_email_plugin.servers.server import trust
from escala_email_plugin.servers.smtp import check
from sandbox.accounts import CAPTURE, LUCIA, MARCOS, OUTSIDE, SALES, Mailbox
from sandbox.mailserver.certificates import make_certificates
from sandbox.places import REPOSITORY
from sandbox.provider.server import Provider

ADDRESSES = "BODY.PEEK[HEADER.FIELDS (FROM TO CC BCC)]"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Server:
    """The mail server in a process of its own."""

    def __init__(self, var: Path, provider_port: int = 0) -> None:
        self.var, self.imap_port, self.smtp_port = var, free_port(), free_port()
        self.provider_port = provider_port
        self.process = None

    def start(self) -> None:
        ports = ["--imap-port", str(self.imap_port), "--smtp-port", str(self.smtp_port)]
        ports += ["--provider-port", str(self.provider_port)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sandbox.mailserver", *ports],
            cwd=REPOSITORY,
            env={**os.environ, "SANDBOX_VAR": str(self.var)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert "IMAP on" in self.process.stdout.readline()

    def stop(self) -> int:
        self.process.terminate()
        self.process.stdout.close()
        return self.process.wait(20)

    @property
    def context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.var / "ca.pem")
        # What Python 3.13 asks for by default.
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context

    def imap(self, mailbox: Mailbox, host: str = "localhost") -> IMAPClient:
        client = IMAPClient(host, self.imap_port, ssl=True, ssl_context=self.context)
        client.login(mailbox.address, mailbox.password)
        return client

    def smtp(self, mailbox: Mailbox) -> smtplib.SMTP:
        client = smtplib.SMTP_SSL("localhost", self.smtp_port, context=self.context)
        client.login(mailbox.address, mailbox.password)
        return client


@pytest.fixture(scope="module")
def stand_in() -> Iterator[Provider]:
    with Provider([LUCIA.address]) as one:
        yield one


@pytest.fixture(scope="module")
def server(tmp_path_factory, stand_in) -> Iterator[Server]:
    one = Server(tmp_path_factory.mktemp("mail"), stand_in.port)
    one.start()
    yield one
    one.stop()


def letter(to: str, subject: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = LUCIA.address, to, subject
    message.set_content("Buenos días, señor Muñoz.")
    return message


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_the_certificate_is_good_for_both_names_of_the_machine(server, host):
    server.imap(LUCIA, host).logout()


def test_a_wrong_password_is_refused_by_both_servers(server):
    wrong = LUCIA._replace(password="wrong")
    with pytest.raises(LoginError):
        server.imap(wrong)
    with pytest.raises(smtplib.SMTPAuthenticationError):
        server.smtp(wrong)


def test_an_access_token_opens_both_servers_until_it_is_withdrawn(server, stand_in, trusting):
    trusting(server.var / "ca.pem")
    scopes = ["https://mail.google.com/"]
    grant = stand_in.grants.of(stand_in.refresh_token("google", LUCIA.address, scopes))
    lucia = Credentials(LUCIA.address, stand_in.grants.issue(grant, scopes), "xoauth2")
    imap = MailServer("localhost", server.imap_port, "tls")
    smtp = MailServer("localhost", server.smtp_port, "tls")
    with ImapSession(imap, lucia) as session:
        assert session.folders()
    check(smtp, lucia, sender=LUCIA.address)
    stand_in.grants.withdraw(LUCIA.address)
    for one in (lucia, Credentials(MARCOS.address, lucia.secret, "xoauth2")):
        with pytest.raises(Refused) as refused:
            ImapSession(imap, one).__enter__()
        assert refused.value.code == "access_refused"
        with pytest.raises(SmtpError) as refused:
            check(smtp, one)
        assert refused.value.code == "access_refused"


def test_plain_text_is_not_spoken(server):
    with socket.create_connection(("127.0.0.1", server.imap_port), timeout=5) as plain:
        plain.sendall(b"a LOGIN lucia x\r\n")
        assert b"OK" not in plain.recv(100)


def test_folders_have_their_roles_and_names(server):
    with server.imap(LUCIA) as client:
        folders = {name: flags for flags, _, name in client.list_folders()}
    assert b"\\Sent" in folders["Sent"]
    assert b"\\Junk" in folders["Junk"]
    assert {"INBOX", "Clientes/Renovaciones", "Clientes/Siniestros del año"} <= set(folders)


def test_every_message_answers_to_headers_size_and_body(server):
    with server.imap(LUCIA) as client:
        state = client.select_folder("INBOX", readonly=True)
        uids = client.search("UID 1:500")
        assert len(uids) == min(state[b"EXISTS"], 500)
        headers = client.fetch(uids, [ADDRESSES])
        sizes = client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
        bodies = client.fetch(uids, ["BODY.PEEK[]"])
    for uid in uids:
        (key,) = (name for name in headers[uid] if name.startswith(b"BODY[HEADER.FIELDS"))
        assert headers[uid][key].lower().startswith((b"from:", b"to:"))
        assert sizes[uid][b"RFC822.SIZE"] == len(bodies[uid][b"BODY[]"])


def test_a_message_has_the_same_identity_in_every_folder(server):
    """The server promises OBJECTID (RFC 8474), so clients ask for it."""
    ask = ["EMAILID", "THREADID"]
    with server.imap(LUCIA) as client:
        client.select_folder("INBOX")
        here = client.fetch(list(range(1, 21)), ask)
        assert len({one[b"EMAILID"] for one in here.values()}) == 20
        client.copy([1], "Archive")
        client.select_folder("Archive")
        last = max(client.search("ALL"))
        assert client.fetch([last], ask)[last][b"EMAILID"] == here[1][b"EMAILID"]
        client.delete_messages([last])
        client.expunge([last])


def test_a_message_can_be_read_in_parts(server):
    with server.imap(LUCIA) as client:
        client.select_folder("INBOX", readonly=True)
        whole = client.fetch([1], ["BODY.PEEK[]"])[1][b"BODY[]"]
        first = client.fetch([1], ["BODY.PEEK[]<0.100>"])[1][b"BODY[]<0>"]
        rest = client.fetch([1], ["BODY.PEEK[]<100.1000000>"])[1][b"BODY[]<100>"]
    assert first + rest == whole


def test_a_thousand_nested_parts_do_not_stop_the_server(server):
    with server.imap(LUCIA) as client:
        client.select_folder("INBOX", readonly=True)
        (uid,) = client.search(["SUBJECT", "cadena reenviada"])
        body = client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"]
        assert body.count(b"boundary=") > 1000
        assert client.noop()


def test_a_thousand_headers_take_less_than_five_seconds(server):
    with server.imap(LUCIA) as client:
        state = client.select_folder("INBOX", readonly=True)
        uids = client.search("UID 1:*")
        started = time.monotonic()
        for _ in range(1 + 1000 // state[b"EXISTS"]):
            client.fetch(uids, [ADDRESSES])
        assert time.monotonic() - started < 5


def test_what_is_sent_arrives_and_an_idle_client_hears_of_it(server):
    with server.imap(MARCOS) as client:
        client.select_folder("INBOX", readonly=True)
        client.idle()
        with server.smtp(LUCIA) as smtp:
            smtp.send_message(letter(f"marcos+crm@{MARCOS.address.partition('@')[2]}", "Para Marcos"))
        assert any(b"EXISTS" in answer for answer in client.idle_check(timeout=10))
        client.idle_done()
        (uid,) = client.search(["SUBJECT", "Para Marcos"])
        assert uid


def test_the_watcher_hears_of_new_mail_and_renews_its_idle(server, settings):
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "CA_FILE": server.var / "ca.pem"}
    host = MailServer("localhost", server.imap_port, "tls")
    opened = open_for_idle(host, Credentials(SALES.address, SALES.password), deadline=10, trusted=trust())
    idler = Idler(opened)

    def heard(now: float) -> bool:
        assert select.select([idler.sock], [], [], 10)[0]
        return idler.read(now)

    def until_it_idles(now: float) -> None:
        while idler.due <= now + ANSWER:
            heard(now)

    idler.begin(0.0)
    until_it_idles(0.0)
    for now in (1000.0, 2000.0):
        with server.smtp(LUCIA) as smtp:
            smtp.send_message(letter(SALES.address, "Para ventas"))
        while not heard(now):
            pass
        idler.turn(now)
        until_it_idles(now)
    idler.leave()


def test_mail_to_clients_ends_in_the_mailbox_of_the_outside_world(server):
    with server.smtp(LUCIA) as smtp:
        smtp.send_message(letter("ana@cliente.example", "Para afuera"))
    with server.imap(OUTSIDE) as client:
        client.select_folder("INBOX", readonly=True)
        assert len(client.search(["SUBJECT", "Para afuera"])) == 1


def test_a_blind_copy_says_to_which_address_it_came(server):
    tagged = CAPTURE.address.replace("@", "+abc@")
    with server.smtp(LUCIA) as smtp:
        smtp.send_message(
            letter("ana@cliente.example", "Copia oculta"), to_addrs=["ana@cliente.example", tagged]
        )
    with server.imap(CAPTURE) as client:
        client.select_folder("INBOX", readonly=True)
        (uid,) = client.search(["SUBJECT", "Copia oculta"])
        header = client.fetch([uid], ["BODY.PEEK[HEADER]"])[uid][b"BODY[HEADER]"]
    assert f"Delivered-To: {tagged}\r\n".encode() in header
    assert header.count(tagged.encode()) == 1


@pytest.mark.parametrize("sender", [MARCOS.address, "ana@cliente.example", "lucia@otra.test", ""])
def test_only_the_user_s_own_address_may_send(server, sender):
    with server.smtp(LUCIA) as smtp:
        code, words = smtp.mail(sender)
        assert (code, words[:5]) == (550, b"5.7.1")
        # What was refused leaves nothing behind.
        assert smtp.rcpt(MARCOS.address)[0] == 503
        assert smtp.mail(LUCIA.address)[0] == 250


@pytest.mark.parametrize("sender", ["LUCIA@andina-seguros.test", "lucia+crm@andina-seguros.test"])
def test_the_user_s_own_address_may_have_capitals_and_a_tag(server, sender):
    with server.smtp(LUCIA) as smtp:
        assert smtp.mail(sender)[0] == 250


def test_the_plugin_sees_whether_an_address_may_send(server, settings):
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "CA_FILE": server.var / "ca.pem"}
    host = MailServer("localhost", server.smtp_port, "tls")
    check(host, Credentials(LUCIA.address, LUCIA.password), sender=LUCIA.address)
    with pytest.raises(SmtpError) as refused:
        check(host, Credentials(LUCIA.address, LUCIA.password), sender=MARCOS.address)
    assert refused.value.code == "sender_refused"


def test_an_unknown_recipient_comes_back_as_a_delivery_report(server):
    with server.smtp(LUCIA) as smtp:
        smtp.send_message(letter("nadie@no-existe.invalid", "Sin destino"))
    with server.imap(LUCIA) as client:
        client.select_folder("INBOX", readonly=True)
        uid = client.search(["SUBJECT", "Undelivered"])[-1]
        report = message_from_bytes(client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"])
    assert report.get_content_type() == "multipart/report"
    _, status, _ = report.get_payload()
    assert status.get_content_type() == "message/delivery-status"
    assert status.get_payload()[1]["Final-Recipient"] == "rfc822; nadie@no-existe.invalid"
    assert status.get_payload()[1]["Status"] == "5.1.1"


def test_a_restart_keeps_uids_and_what_came_since(tmp_path):
    server = Server(tmp_path)
    server.start()
    with server.imap(LUCIA) as client:
        client.append("Sent", b"From: a@b.test\r\nSubject: guardado\r\n\r\nhola\r\n", [b"\\Seen"])
        before = client.select_folder("Sent", readonly=True)
        kept = client.fetch([before[b"UIDNEXT"] - 1], ["BODY.PEEK[]", "FLAGS"])
    assert server.stop() == 0
    server.start()
    with server.imap(LUCIA) as client:
        after = client.select_folder("Sent", readonly=True)
        again = client.fetch([before[b"UIDNEXT"] - 1], ["BODY.PEEK[]", "FLAGS"])
    server.stop()
    for name in (b"UIDVALIDITY", b"UIDNEXT", b"EXISTS"):
        assert before[name] == after[name]
    for uid, message in kept.items():
        assert message[b"BODY[]"] == again[uid][b"BODY[]"]
        assert b"\\Seen" in again[uid][b"FLAGS"]


def test_an_ended_certificate_is_made_anew(tmp_path):
    make_certificates(tmp_path / "ca.pem", tmp_path / "mail.pem", datetime(2020, 1, 1, tzinfo=UTC))
    old = (tmp_path / "ca.pem").read_bytes()
    server = Server(tmp_path)
    server.start()
    server.imap(LUCIA).logout()
    server.stop()
    assert (tmp_path / "ca.pem").read_bytes() != old
