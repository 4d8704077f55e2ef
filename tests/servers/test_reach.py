"""Nobody reaches through this site what only this site reaches."""

import ast
import contextlib
import re
import socket
from pathlib import Path

import pytest

import escala_email_plugin
from escala_email_plugin import conf
from escala_email_plugin.servers import reach
from escala_email_plugin.servers.credentials import Credentials
from escala_email_plugin.servers.errors import ImapError, SmtpError, WireError
from escala_email_plugin.servers.imap import ImapSession, Server
from escala_email_plugin.servers.imap_takeover import open_for_idle
from escala_email_plugin.servers.probe import probe
from escala_email_plugin.servers.server import trust
from escala_email_plugin.servers.smtp import check
from escala_email_plugin.servers.wire import Deadline, resolve

ANN = Credentials("ann", "canary-9b1e")


@pytest.fixture
def trap():
    """A listener of this machine to which nobody may connect."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener.getsockname()[1]
        with pytest.raises(BlockingIOError):
            listener.accept()


def refusal(host, port=993) -> str:
    with pytest.raises(WireError) as caught:
        resolve(host, port, Deadline(2))
    return caught.value.code


@pytest.mark.parametrize(
    "written",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "0",
        "0.0.0.0",
        "::1",
        "::ffff:127.0.0.1",
        "0:0:0:0:0:ffff:7f00:1",
        "10.0.0.1",
        "0xa9fea9fe",
        "169.254.169.254",
        "fd00::1",
        "64:ff9b::7f00:1",
    ],
)
def test_an_address_of_ours_is_refused_however_it_is_written(allowing, trap, written):
    allowing()
    assert refusal(written, trap) == "private_host"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "fd00::1",
        "0.0.0.0",
        "100.64.0.1",
    ],
)
def test_a_name_that_means_an_address_of_ours_is_refused(names, allowing, address):
    allowing()
    names["mail.attacker.test"] = [address]
    assert refusal("mail.attacker.test") == "private_host"
    assert refusal("MAIL.attacker.test.") == "private_host"


def test_of_a_names_addresses_only_the_public_ones_are_tried(names, allowing):
    allowing()
    names["mail.attacker.test"] = ["127.0.0.1", "8.8.8.8", "fe80::1", "2001:4860:4860::8888", "10.0.0.1"]
    found = resolve("mail.attacker.test", 993, Deadline(2))
    assert [one[4][0] for one in found] == ["8.8.8.8", "2001:4860:4860::8888"]


def every_way(server):
    """The ways in which anything here connects to a server."""

    def session():
        ImapSession(server, ANN, deadline=2).__enter__()

    def watcher():
        open_for_idle(server, ANN, deadline=2, trusted=trust())

    def sending():
        check(server, ANN, 2)

    return session, watcher, sending


@pytest.mark.parametrize("mode", ["tls", "starttls"])
@pytest.mark.parametrize("way", range(3))
def test_every_way_to_a_server_goes_through_the_guard(names, allowing, trap, way, mode):
    allowing()
    names["mail.attacker.test"] = ["127.0.0.1"]
    with pytest.raises((ImapError, SmtpError)) as caught:
        every_way(Server("mail.attacker.test", trap, mode))[way]()
    assert caught.value.code == "private_host"


@pytest.mark.parametrize("way", range(3))
def test_every_way_to_a_server_minds_the_port(names, allowing, trap, way):
    allowing("127.0.0.0/8", ports=())
    names["mail.attacker.test"] = ["127.0.0.1"]
    with pytest.raises((ImapError, SmtpError)) as caught:
        every_way(Server("mail.attacker.test", trap, "tls"))[way]()
    assert caught.value.code == "port_not_for_mail"
    assert names.asked == []


@pytest.mark.dovecot
def test_a_name_is_looked_up_once_and_what_was_judged_is_connected_to(mailbox, names, allowing, trap):
    allowing("127.0.0.2")
    names["localhost"] = ["127.0.0.1", "127.0.0.2"]
    # Only the second address is allowed; the trap on the first one is not even knocked at.
    assert [one[4][0] for one in resolve("localhost", trap, Deadline(2))] == ["127.0.0.2"]
    allowing("127.0.0.1")
    names.asked.clear()
    session = mailbox.session()
    stages = session.stages()
    assert next(stages) == "dns"
    names["localhost"] = ["169.254.169.254"]  # what the name means now does not matter any more
    assert list(stages) == ["tcp", "tls", "login"]
    assert names.asked == ["localhost"]
    session.close()
    with pytest.raises(ImapError) as caught:
        mailbox.session().__enter__()
    assert caught.value.code == "private_host"


@pytest.mark.dovecot
@pytest.mark.parametrize("entry", ["127.0.0.0/8", "127.0.0.1", "localhost", "LOCALHOST"])
def test_a_private_server_that_an_administrator_named_is_reached(mailbox, names, allowing, entry):
    allowing(entry)
    names["localhost"] = ["127.0.0.1"]
    with mailbox.session() as session:
        assert session.folders()


@pytest.mark.parametrize(
    ("entry", "address"),
    [
        ("mail.empresa.lan", "10.1.2.3"),
        ("*.lan", "10.1.2.3"),
        ("10.0.0.0/8", "10.1.2.3"),
        ("10.0.0.0/8", "::ffff:10.1.2.3"),
        ("fd00::/8", "fd12::1"),
    ],
)
def test_a_private_server_is_named_by_its_network_or_its_name(names, allowing, entry, address):
    allowing(entry)
    names["mail.empresa.lan"] = [address]
    assert [one[4][0] for one in resolve("Mail.Empresa.LAN.", 993, Deadline(2))] == [address]


@pytest.mark.parametrize(
    "host", ["mail.empresa.lan.attacker.test", "otra.empresa.lan", "xsucursal.lan", "sucursal.lan"]
)
def test_a_name_that_only_looks_like_a_named_one_is_refused(names, allowing, host):
    allowing("mail.empresa.lan", "*.sucursal.lan")
    names[host] = ["10.0.0.1"]
    assert refusal(host) == "private_host"


@pytest.mark.parametrize("port", [25, 143, 465, 587, 993, 2525])
def test_mail_ports_are_open(allowing, port):
    allowing(ports=())
    reach.check_port(port)


@pytest.mark.parametrize("port", [-1, 0, 1, 22, 80, 443, 3306, 5432, 6379, 11211, 65536])
def test_other_ports_are_not(allowing, port):
    allowing(ports=())
    with pytest.raises(WireError) as caught:
        reach.check_port(port)
    assert caught.value.code == "port_not_for_mail"


def test_further_ports_are_opened_one_by_one_or_as_a_range(allowing):
    allowing(ports=(1993, "2000-2002"))
    for port in (1993, 2000, 2001, 2002):
        reach.check_port(port)
    for port in (1992, 1994, 1999, 2003):
        with pytest.raises(WireError):
            reach.check_port(port)


def test_open_and_closed_ports_of_ours_look_the_same(names, allowing, trap):
    allowing(ports=())
    names["inside.attacker.test"] = ["127.0.0.1"]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = listener.getsockname()[1]
    told = set()
    for port in (trap, closed):
        steps = probe(
            Server("inside.attacker.test", port, "tls"),
            Server("inside.attacker.test", port, "tls"),
            ANN,
        )
        told.add(re.sub(r"\d+", "N", " ".join(f"{step.code} {step.sentence}" for step in steps)))
    assert len(told) == 1
    allowing()
    for port in (trap, closed):
        steps = list(probe(Server("inside.attacker.test", port, "tls"), Server("x.test", port, "tls"), ANN))
        assert steps[0].code == "private_host"
        assert "PRIVATE_SERVERS" in str(steps[0].sentence)
        assert "127.0.0.1" not in " ".join(str(step.sentence) for step in steps)


@pytest.mark.parametrize(
    "entries", [None, "10.0.0.0/8", [None], ["10.0.0.1/8"], ["*"], ["0/0"], [b"127.0.0.1"]]
)
def test_a_setting_that_makes_no_sense_opens_nothing(settings, entries):
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "PRIVATE_SERVERS": entries, "MAIL_PORTS": entries}
    assert refusal("127.0.0.1") == "private_host"
    assert refusal("10.0.0.1") == "private_host"
    assert refusal("127.0.0.1", 1993) == "port_not_for_mail"


def test_unless_a_site_says_otherwise_only_the_public_internet_is_reached():
    assert conf.DEFAULTS["PRIVATE_SERVERS"] == conf.DEFAULTS["MAIL_PORTS"] == []


def test_nothing_else_in_the_package_opens_a_connection():
    package = Path(escala_email_plugin.__file__).parent
    opening = {"create_connection", "getaddrinfo", "gethostbyname", "urlopen", "socket"}
    found = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            with contextlib.suppress(AttributeError):
                if isinstance(node, ast.Call) and node.func.attr in opening:
                    found.add(path.relative_to(package).as_posix())
    assert found == {"servers/wire.py"}
