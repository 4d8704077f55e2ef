"""The table of hosters: no row that contradicts itself or another."""

import re
from urllib.parse import urlsplit

import pytest

from escala_email_plugin.servers.host_name import server_name
from escala_email_plugin.servers.hoster import by_domain, by_exchanger, by_server
from escala_email_plugin.servers.hosters import HOSTERS
from escala_email_plugin.servers.reach import MAIL_PORTS
from escala_email_plugin.servers.sentences import SENTENCES


@pytest.mark.parametrize("hoster", HOSTERS, ids=lambda one: one.id)
class TestRow:
    def test_its_servers_are_names_at_mail_ports(self, hoster):
        assert (hoster.imap is None) == (hoster.smtp is None)
        for server in filter(None, (hoster.imap, hoster.smtp)):
            assert server_name(server.host) == server.host
            assert server.port in MAIL_PORTS
            assert server.tls == {993: "tls", 465: "tls", 587: "starttls"}[server.port]

    def test_who_has_no_server_says_so(self, hoster):
        assert hoster.imap or hoster.note

    def test_it_can_be_found(self, hoster):
        assert hoster.domains or hoster.mx
        assert all(server_name(name) == name for name in (*hoster.domains, *hoster.mx))

    def test_its_page_is_reached_by_https(self, hoster):
        if hoster.help_url:
            url = urlsplit(hoster.help_url)
            assert (url.scheme, url.netloc == server_name(url.netloc)) == ("https", True)

    def test_its_advice_is_a_sentence(self, hoster):
        assert not hoster.advice or hoster.advice in SENTENCES
        assert hoster.advice or not hoster.app_password
        assert not hoster.note or str(hoster.note).endswith(".")


def test_every_domain_and_exchanger_leads_to_one_hoster():
    for names in (
        [name for one in HOSTERS for name in one.domains],
        [end for one in HOSTERS for end in one.mx],
    ):
        assert len(names) == len(set(names))
    ids = [one.id for one in HOSTERS]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z0-9_]+", one) for one in ids)


@pytest.mark.parametrize(
    ("exchanger", "hoster"),
    [
        ("aspmx.l.google.com", "google"),
        ("smtp.google.com", "google"),
        ("alt1.aspmx.l.google.com", "google"),
        ("aspmx2.googlemail.com", "google"),
        ("andina-test.mail.protection.outlook.com", "microsoft365"),
        ("andina-test.a-v1.mx.microsoft", "microsoft365"),
        ("outlook-com.olc.protection.outlook.com", "outlook"),
        ("mx.zoho.com", "zoho_pro"),
        ("mx2.zoho.eu", "zoho_pro_eu"),
        ("mail.protonmail.ch", "proton"),
        ("mx1.titan.email", "titan"),
        ("mx1.mail.ovh.net", "ovh"),
        ("notgoogle.com", None),
        ("google.com.attacker.test", None),
    ],
)
def test_a_hoster_is_known_by_its_exchanger(exchanger, hoster):
    found = by_exchanger(HOSTERS, exchanger)
    assert (found.id if found else None) == hoster


@pytest.mark.parametrize(
    ("host", "hoster"),
    [
        ("IMAP.gmail.com.", "google"),
        ("imap-mail.outlook.com", "outlook"),
        ("smtp.office365.com", "microsoft365"),
        ("imap.mail.me.com", "icloud"),
        ("xgmail.com", None),
        ("posteo.de.attacker.test", None),
    ],
)
def test_a_hoster_is_known_by_its_server(host, hoster):
    found = by_server(HOSTERS, host)
    assert (found.id if found else None) == hoster


def test_a_hoster_is_known_by_its_domain_and_not_by_one_below():
    assert by_domain(HOSTERS, "hotmail.es").id == "outlook"
    assert by_domain(HOSTERS, "sales.gmail.com") is None
