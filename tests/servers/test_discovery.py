"""Servers found from an address: by the table, by DNS, by what the domain says, each on its own switch."""

import pytest

from escala_email_plugin.servers import lookups
from escala_email_plugin.servers.credentials import Credentials
from escala_email_plugin.servers.discovery import SOURCES, discover
from escala_email_plugin.servers.probe import probe
from escala_email_plugin.servers.server import Server

from .dovecot import Dovecot

ADDRESS = "lucia@andina.test"


@pytest.fixture(autouse=True)
def ways(settings):
    """ways(*names): from now on only these ways are tried."""

    def only(*names, **values):
        settings.ESCALA_EMAIL = {
            **settings.ESCALA_EMAIL,
            "DISCOVERY": list(names),
            "MAIL_PORTS": [],
            **values,
        }

    only(*(name for name in SOURCES if name != "ispdb"))
    return only


class TestTable:
    def test_a_big_hosters_address_needs_no_network(self, names, name_server):
        found = discover(" Lucia@GMail.com ")
        assert (found.imap, found.smtp) == (
            Server("imap.gmail.com", 993, "tls"),
            Server("smtp.gmail.com", 465, "tls"),
        )
        assert (found.username, found.source) == ("lucia@gmail.com", "table")
        assert found.hoster.app_password
        assert found.hoster.oauth == "google"
        assert names.asked == name_server.asked == []

    def test_a_user_name_may_be_the_part_before_the_at(self):
        assert discover("lucia@uol.com.br").username == "lucia"

    def test_a_hoster_without_servers_is_named_with_the_reason(self):
        found = discover("lucia@proton.me")
        assert (found.imap, found.smtp) == (None, None)
        assert "Proton Mail Bridge" in str(found.hoster.note)

    def test_the_companys_own_servers_come_first(self, ways):
        place = {"imap": ("mail.empresa.lan", 1993, "tls"), "smtp": ("10.0.0.1", 587, "starttls")}
        ways("table", MAIL_SERVERS={"gmail.com": {**place, "username": "local"}, "peña.com": place})
        found = discover("lucia@gmail.com")
        assert (found.imap, found.username) == (Server("mail.empresa.lan", 1993, "tls"), "lucia")
        assert discover("lucia@peña.com").username == "lucia@xn--pea-8ma.com"

    def test_a_companys_entry_that_makes_no_sense_says_nothing(self, ways):
        for servers in (None, [], {"andina.test": {}}, {7: {}, "andina.test": {"imap": 1, "smtp": 2}}):
            ways("table", MAIL_SERVERS=servers)
            assert discover(ADDRESS) is None


class TestMx:
    def test_a_hoster_is_known_by_the_preferred_exchanger(self, names, name_server):
        name_server["andina.test", "MX"] = ["10 mail.andina.test.", "1 ASPMX.L.Google.com."]
        found = discover(ADDRESS)
        assert (found.imap.host, found.username, found.source) == ("imap.gmail.com", ADDRESS, "mx")
        assert name_server.asked == [("andina.test", "MX")]

    def test_a_spare_exchanger_says_nothing(self, name_server, ways):
        ways("mx")
        name_server["andina.test", "MX"] = ["10 mail.andina.test.", "20 mx.zoho.com."]
        assert discover(ADDRESS) is None

    def test_a_domain_that_takes_no_mail_is_none_of_theirs(self, name_server, ways):
        ways("mx")
        name_server["andina.test", "MX"] = ["0 ."]
        assert discover(ADDRESS) is None


def srv(name_server, **services):
    for service, records in services.items():
        name_server[f"_{service}._tcp.andina.test", "SRV"] = records


class TestSrv:
    def test_tls_from_the_first_byte_is_preferred(self, name_server):
        srv(
            name_server,
            imap=["0 1 143 imap.andina.test."],
            imaps=["0 1 993 IMAP.andina.test."],
            submission=["0 1 587 smtp.andina.test."],
            submissions=["0 1 465 smtp.andina.test."],
        )
        found = discover(ADDRESS)
        assert found.imap == Server("imap.andina.test", 993, "tls")
        assert found.smtp == Server("smtp.andina.test", 465, "tls")
        assert (found.username, found.source, found.outside) == (ADDRESS, "srv", False)

    def test_what_is_marked_as_absent_gives_way_to_starttls(self, name_server):
        srv(
            name_server,
            imaps=["0 0 0 ."],
            imap=["0 1 143 imap.andina.test."],
            submission=["0 1 587 smtp.andina.test."],
        )
        found = discover(ADDRESS)
        assert found.imap == Server("imap.andina.test", 143, "starttls")
        assert found.smtp == Server("smtp.andina.test", 587, "starttls")

    def test_the_lowest_priority_comes_first_and_then_the_heaviest(self, name_server):
        srv(
            name_server,
            imaps=["20 9 993 c.andina.test.", "10 1 993 b.andina.test.", "10 5 993 a.andina.test."],
        )
        found = discover(ADDRESS)
        assert found.imap.host == "a.andina.test"
        assert found.smtp is None

    def test_a_port_that_is_not_for_mail_is_left_out(self, name_server):
        srv(name_server, imaps=["0 1 22 a.andina.test.", "1 1 993 b.andina.test."])
        assert discover(ADDRESS).imap.host == "b.andina.test"

    def test_a_name_that_is_none_is_left_out(self, name_server):
        srv(name_server, imaps=["0 1 993 a\\032b.andina.test.", "1 1 993 2130706433."])
        assert discover(ADDRESS) is None

    def test_a_server_outside_the_domain_is_marked(self, name_server):
        srv(name_server, imaps=["0 1 993 imap.andina.test."], submissions=["0 1 465 smtp.notandina.test."])
        assert discover(ADDRESS).outside

    def test_a_hoster_is_known_by_the_server_that_is_named(self, name_server):
        srv(name_server, imaps=["0 1 993 imap.gmail.com."])
        found = discover(ADDRESS)
        assert (found.source, found.outside, found.hoster.id) == ("srv", True, "google")

    def test_a_domain_in_another_alphabet_is_asked_for_in_the_letters_of_dns(self, name_server):
        name_server["_imaps._tcp.xn--pea-8ma.test", "SRV"] = ["0 1 993 imap.xn--pea-8ma.test."]
        assert discover("lucía@peña.test").imap.host == "imap.xn--pea-8ma.test"


class TestTrouble:
    @pytest.mark.parametrize("behaviour", ["failing", "garbled", "honest"])
    def test_a_name_server_that_knows_nothing_is_no_trouble(self, names, name_server, behaviour, monkeypatch):
        monkeypatch.setattr(lookups, "PATIENCE", 0.5)
        name_server.behaviour = behaviour
        assert discover(ADDRESS) is None
        assert name_server.asked

    def test_a_silent_name_server_is_asked_once_for_each_way(self, names, name_server, monkeypatch):
        monkeypatch.setattr(lookups, "PATIENCE", 0.2)
        name_server.behaviour = "silent"
        assert discover(ADDRESS) is None
        assert set(name_server.asked) == {("andina.test", "MX"), ("_imaps._tcp.andina.test", "SRV")}

    @pytest.mark.parametrize(
        "address",
        ["", "lucia", "@andina.test", "lucia@", "a@b@c", "lucia@[127.0.0.1]", "x" * 300, "a\0@b.test"],
    )
    def test_what_is_no_address_is_looked_up_nowhere(self, names, name_server, address):
        assert discover(address) is None
        assert names.asked == name_server.asked == []

    def test_a_domain_too_long_for_a_service_is_no_trouble(self, names, name_server):
        assert discover(f"a@{'x' * 63}.{'x' * 63}.{'x' * 63}.{'x' * 45}.test") is None

    @pytest.mark.parametrize("way", SOURCES)
    def test_each_way_can_be_switched_off(self, names, name_server, ways, way):
        ways(*(name for name in SOURCES if name != way))
        assert (discover("lucia@gmail.com") is None) == (way == "table")
        discover(ADDRESS)
        asked = {kind.lower() for _, kind in name_server.asked}
        asked |= {"ispdb" if "thunderbird" in name else "autoconfig" for name in names.asked}
        assert asked == set(SOURCES) - {way, "table"}


@pytest.mark.dovecot
def test_what_is_found_connects(names, name_server, trusting, ways):
    hosts = ("imap.andina.test", "smtp.andina.test")
    with Dovecot(users={ADDRESS: "correct horse"}, hosts=hosts) as dovecot:
        trusting(dovecot.ca)
        ways("srv", MAIL_PORTS=["1-65535"])
        for host in hosts:
            names[host] = ["127.0.0.1"]
        srv(
            name_server,
            imaps=[f"0 1 {dovecot.imaps} {hosts[0]}."],
            submissions=[f"0 1 {dovecot.submissions} {hosts[1]}."],
        )
        found = discover(ADDRESS)
        steps = probe(found.imap, found.smtp, Credentials(found.username, "correct horse"), ADDRESS)
        assert {step.code for step in steps} == {"ok"}
