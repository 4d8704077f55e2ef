"""“Test connection”: each step, each failure, each sentence."""

import socket
import time

import pytest
from django.utils import translation
from django.utils.functional import Promise

from escala_email_plugin.servers.answers import refusal
from escala_email_plugin.servers.credentials import Credentials
from escala_email_plugin.servers.imap import Server
from escala_email_plugin.servers.probe import probe
from escala_email_plugin.servers.sentences import SENTENCES

PASSWORD = "canary-c3d9"
STEPS = ["dns", "tcp", "tls", "login", "folders", "sent", "smtp"]


@pytest.fixture(autouse=True)
def short_deadline(settings):
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "OPERATION_DEADLINE": 2}


def probed(imap, smtp, user="ann@example.test", password=PASSWORD, address=""):
    """Probe and check what holds for every probe; returns the codes by step."""
    steps = list(probe(imap, smtp, Credentials(user, password), address))
    assert [step.name for step in steps] == STEPS
    assert [step.server for step in steps] == ["imap"] * 6 + ["smtp"]
    for step in steps:
        assert isinstance(step.sentence, Promise)
        assert str(step.sentence).endswith(".")
        assert "%(" not in str(step.sentence)
        assert PASSWORD not in repr(step) + str(step.sentence)
        assert step.ok is {"ok": True, "skipped": None, "no_sent_folder": None}.get(step.code, False)
    return {step.name: step.code for step in steps}


def failing(step, code, smtp="ok"):
    """The codes of a probe whose IMAP part ends at ``step``."""
    codes = {}
    for name in STEPS[:6]:
        codes[name] = "ok" if not codes.keys() & {step} and name != step else "skipped"
    return {**codes, step: code, "smtp": smtp}


@pytest.mark.dovecot
@pytest.mark.parametrize("mode", ["tls", "starttls"])
def test_a_good_mailbox_passes_every_step(mailbox, mode):
    ports = {"tls": ("imaps", "submissions"), "starttls": ("imap", "submission")}[mode]
    imap, smtp = (Server("localhost", getattr(mailbox.dovecot, port), mode) for port in ports)
    codes = probed(imap, smtp, mailbox.user, mailbox.password, address=mailbox.user)
    assert codes == dict.fromkeys(STEPS, "ok")
    assert mailbox.dovecot.sent == [] or mailbox.dovecot.sent[-1].sender != mailbox.user


@pytest.mark.dovecot
def test_a_wrong_password_is_tried_at_one_server_only(mailbox):
    codes = probed(mailbox.imap, mailbox.smtp, mailbox.user)
    assert codes == failing("login", "login_refused", smtp="skipped")
    assert f"user=<{mailbox.user}>" not in "".join(
        line for line in mailbox.dovecot.logs().splitlines() if "submission-login" in line
    )


@pytest.mark.dovecot
def test_a_wrong_host_does_not_keep_smtp_from_being_tried(mailbox):
    imap = Server("mail.invalid", 993, "tls")
    codes = probed(imap, mailbox.smtp, mailbox.user, mailbox.password)
    assert codes in (failing("dns", "host_not_found"), failing("dns", "dns_failed"))


@pytest.mark.dovecot
def test_a_closed_port_is_named_with_its_number(mailbox):
    steps = list(
        probe(Server("localhost", 1, "tls"), mailbox.smtp, Credentials(mailbox.user, mailbox.password))
    )
    assert [step.code for step in steps][:3] == ["ok", "port_closed", "skipped"]
    assert "refuses connections on port 1." in str(steps[1].sentence)


@pytest.mark.slow
@pytest.mark.dovecot
def test_the_wrong_mode_for_a_port_is_named_for_both_servers(mailbox):
    dovecot = mailbox.dovecot
    plain = probed(Server("localhost", dovecot.imap, "tls"), Server("localhost", dovecot.submission, "tls"))
    assert plain == failing("tls", "not_tls", smtp="not_tls")
    began = time.monotonic()
    silent = probed(
        Server("localhost", dovecot.imaps, "starttls"), Server("localhost", dovecot.submissions, "starttls")
    )
    assert silent == failing("tls", "no_greeting", smtp="no_greeting")
    assert time.monotonic() - began < 5


@pytest.mark.dovecot
def test_imap_and_smtp_mixed_up_are_named(mailbox):
    codes = probed(mailbox.smtp, mailbox.imap)
    assert codes == failing("tls", "not_imap", smtp="not_smtp")


@pytest.mark.dovecot
@pytest.mark.parametrize(
    ("certificate", "code"),
    [
        ({"expired": True}, "certificate_expired"),
        ({"hosts": ("other.example.test",)}, "certificate_wrong_host"),
    ],
)
def test_a_dovecot_with_a_bad_certificate_is_refused(trusting, certificate, code):
    from .dovecot import Dovecot

    with Dovecot(users={"ann@example.test": PASSWORD}, **certificate) as dovecot:
        trusting(dovecot.ca)
        imap, smtp = (Server("localhost", port, "tls") for port in (dovecot.imaps, dovecot.submissions))
        assert probed(imap, smtp) == failing("tls", code, smtp=code)
        assert "ann@example.test" not in dovecot.logs()


@pytest.mark.dovecot
def test_a_dovecot_of_an_unknown_authority_is_refused(dovecot, authority, trusting):
    trusting(authority.ca)
    imap, smtp = (Server("localhost", port, "tls") for port in (dovecot.imaps, dovecot.submissions))
    assert probed(imap, smtp) == failing("tls", "certificate_untrusted", smtp="certificate_untrusted")


def test_no_sent_folder_is_a_warning(hostile):
    def script(peer):
        peer.greet()
        peer.answer("LIST", '* LIST () "/" INBOX', '* LIST () "/" Clients')
        peer.wait()

    server = Server("localhost", hostile(script).port, "tls")
    codes = probed(server, Server("localhost", 1, "tls"))
    assert codes == {**dict.fromkeys(STEPS, "ok"), "sent": "no_sent_folder", "smtp": "port_closed"}


def test_a_list_that_fails_is_named_at_its_step(hostile):
    def script(peer):
        peer.greet()
        peer.answer("LIST", result="NO [UNAVAILABLE] later")
        peer.wait()

    server = Server("localhost", hostile(script).port, "tls")
    assert probed(server, Server("localhost", 1, "tls")) == failing("folders", "try_later", "port_closed")


def test_a_server_that_never_answers_is_named_with_the_seconds(settings):
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "OPERATION_DEADLINE": 1}
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server("localhost", listener.getsockname()[1], "tls")
        steps = list(probe(server, Server("localhost", 1, "tls"), Credentials("ann", PASSWORD)))
    assert [step.code for step in steps][:3] == ["ok", "ok", "timeout"]
    assert "within 1 seconds" in str(steps[2].sentence)


def test_a_banner_is_never_repeated(hostile):
    def script(peer):
        peer.send("* OK <script>banner-canary</script>")
        peer.answer("CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN")
        tag, _ = peer.command()
        peer.send("+ ")
        peer.line()
        peer.send(f"{tag} NO <script>banner-canary</script>")
        peer.wait()

    server = Server("localhost", hostile(script).port, "tls")
    for step in probe(server, Server("localhost", 1, "tls"), Credentials("ann", PASSWORD)):
        assert "canary" not in repr(step) + str(step.sentence)


def test_a_probe_given_up_half_way_leaves_no_connection(hostile):
    server = hostile(lambda peer: (peer.greet(), peer.wait()))
    steps = probe(
        Server("localhost", server.port, "tls"), Server("localhost", 1, "tls"), Credentials("ann", PASSWORD)
    )
    assert next(steps).name == "dns"
    assert next(steps).name == "tcp"
    steps.close()
    deadline = time.monotonic() + 2
    while any(thread.is_alive() for thread in server._threads[1:]) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(thread.is_alive() for thread in server._threads[1:])


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("imap.gmail.com", "app_password_google"),
        ("IMAP.GMAIL.COM.", "app_password_google"),
        ("imap.mail.yahoo.com", "app_password_yahoo"),
        ("smtp.aol.com", "app_password_yahoo"),
        ("imap.mail.me.com", "app_password_apple"),
        ("outlook.office365.com", "app_password_microsoft"),
        ("imap-mail.outlook.com", "app_password_microsoft"),
        ("notgmail.com", "login_refused"),
        ("mail.example.test", "login_refused"),
    ],
)
def test_big_providers_get_the_advice_about_app_passwords(host, code):
    assert refusal("NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", host) == code


def test_a_provider_that_names_another_trouble_is_believed():
    assert (
        refusal("NO [ALERT] Your account is not enabled for IMAP use", "imap.gmail.com") == "login_disabled"
    )


def test_every_sentence_is_whole_and_takes_its_values():
    values = {"host": "h", "port": 1, "seconds": 2}
    with translation.override("en"):
        for code, sentence in SENTENCES.items():
            text = str(sentence) % values
            assert text.endswith("."), code
            assert len(code) <= 40, code
