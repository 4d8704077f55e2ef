"""Autoconfig files: read over verified HTTPS, in bounded time and bytes, and believed only so far."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escala_email_plugin import conf
from escala_email_plugin.servers import discovery
from escala_email_plugin.servers.autoconfig import read
from escala_email_plugin.servers.discovery import discover
from escala_email_plugin.servers.host_name import server_name
from escala_email_plugin.servers.reach import check_port
from escala_email_plugin.servers.server import Server

from .certificates import Authority

ADDRESS = "lucia@andina.test"
HOSTS = ("autoconfig.andina.test", "andina.test", "elsewhere.test", "inside.andina.test")


def entry(tag="incomingServer", kind="imap", **values) -> str:
    values = {
        "hostname": "imap.%EMAILDOMAIN%",
        "port": "993",
        "socketType": "SSL",
        "username": "%EMAILADDRESS%",
        "authentication": "password-cleartext",
        **values,
    }
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    return f'<{tag} type="{kind}">{inner}</{tag}>'


def outgoing(**values) -> str:
    return entry("outgoingServer", "smtp", **{"hostname": "smtp.%EMAILDOMAIN%", "port": "465", **values})


def config(*entries: str) -> bytes:
    inner = "".join(entries or (entry(), outgoing()))
    text = f'<clientConfig version="1.1"><emailProvider id="x">{inner}</emailProvider></clientConfig>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()


def reply(body: bytes, status="200 OK", *headers) -> bytes:
    head = "\r\n".join((f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""))
    return head.encode() + body


def moved(place: str) -> bytes:
    return reply(b"", "302 Found", f"Location: {place}")


GONE = reply(b"", "404 Not Found")


@pytest.fixture(autouse=True)
def only_autoconfig(settings):
    settings.ESCALA_EMAIL = {
        **settings.ESCALA_EMAIL,
        "DISCOVERY": ["autoconfig"],
        "PRIVATE_SERVERS": list(HOSTS[:3]),
        "MAIL_PORTS": [],
    }


def pages(web, **answers):
    """A web server whose hosts (in place of ".", "_") answer with these bytes, or by these functions."""

    def answer(peer, host, target):
        found = answers.get(host.replace(".", "_"), GONE)
        peer.raw(found) if isinstance(found, bytes) else found(peer)

    return web(answer, *HOSTS)


def requests(server) -> list[str]:
    return [line.split()[1] for line in server.lines if line.startswith("GET ")]


class TestFetching:
    def test_the_domains_own_file_is_found(self, web):
        server = pages(web, autoconfig_andina_test=reply(config()))
        found = discover(ADDRESS)
        assert found.imap == Server("imap.andina.test", 993, "tls")
        assert found.smtp == Server("smtp.andina.test", 465, "tls")
        assert (found.username, found.source, found.outside) == (ADDRESS, "autoconfig", False)
        assert requests(server) == ["/mail/config-v1.1.xml?emailaddress=lucia%40andina.test"]

    def test_the_well_known_place_comes_second_and_learns_no_address(self, web):
        server = pages(web, andina_test=reply(config()))
        assert discover(ADDRESS).imap.host == "imap.andina.test"
        assert requests(server)[1:] == ["/.well-known/autoconfig/mail/config-v1.1.xml"]

    def test_an_address_in_any_letters_is_one_argument(self, web):
        server = pages(web, autoconfig_andina_test=reply(config()))
        assert discover("a&b#ñ+c@andina.test").username == "a&b#ñ+c@andina.test"
        assert requests(server) == ["/mail/config-v1.1.xml?emailaddress=a%26b%23%C3%B1%2Bc%40andina.test"]

    @pytest.mark.parametrize(
        "place", ["https://elsewhere.test/config.xml", "//elsewhere.test:443/config.xml"]
    )
    def test_a_redirect_is_followed(self, web, place):
        pages(web, autoconfig_andina_test=moved(place), elsewhere_test=reply(config()))
        assert discover(ADDRESS).imap.host == "imap.andina.test"

    @pytest.mark.parametrize(
        "place",
        [
            "https://inside.andina.test/config.xml",
            "https://127.0.0.1/config.xml",
            "https://[::1]/config.xml",
            "https://2130706433/config.xml",
            "https://0x7f.1/config.xml",
            "https://localhost/config.xml",
            "http://elsewhere.test/config.xml",
            "https://elsewhere.test:8443/config.xml",
            "https://elsewhere.test:x/config.xml",
            "https://user@elsewhere.test/config.xml",
            "https://elsewhere.test/con fig.xml",
            "https://elsewhere.test/\xf1",
            "ftp://elsewhere.test/config.xml",
            "file:///etc/passwd",
            "https://[::1",
        ],
    )
    def test_a_redirect_to_where_nobody_may_go_is_not(self, web, names, place):
        everything = reply(config())
        server = pages(
            web, autoconfig_andina_test=moved(place), inside_andina_test=everything, elsewhere_test=everything
        )
        names["localhost"] = ["127.0.0.1"]
        assert discover(ADDRESS) is None
        assert len(requests(server)) == 2  # each of the two places once, and nowhere else

    def test_a_name_of_ours_is_not_asked(self, web, names, settings):
        settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "PRIVATE_SERVERS": []}
        server = pages(web, autoconfig_andina_test=reply(config()))
        assert discover(ADDRESS) is None
        assert server.lines == []

    def test_a_circle_of_redirects_ends(self, web):
        server = pages(web, autoconfig_andina_test=moved("https://autoconfig.andina.test/again"))
        assert discover(ADDRESS) is None
        assert len(requests(server)) == 5

    @pytest.mark.parametrize("certificate", [{"expired": True}, {"hosts": ("other.test",)}])
    def test_a_bad_certificate_ends_it_before_the_address_is_said(
        self, hostile, authority, names, monkeypatch, certificate
    ):
        context = authority.server_context(name="bad", **{"hosts": HOSTS, **certificate})
        server = hostile(lambda peer: (peer.encrypt(context), peer.line()), tls=False)
        monkeypatch.setattr("escala_email_plugin.servers.https.PORT", server.port)
        names[HOSTS[0]] = ["127.0.0.1"]
        assert discover(ADDRESS) is None
        assert server.lines == []

    def test_an_unknown_authority_is_not_believed_and_ca_file_is(self, web, trusting, tmp_path, authority):
        server = pages(web, autoconfig_andina_test=reply(config()))
        trusting(Authority(tmp_path).ca)
        assert discover(ADDRESS) is None
        assert server.lines == []
        trusting(authority.ca)
        assert discover(ADDRESS)

    @pytest.mark.parametrize(
        "answer",
        [
            b"",
            b"nonsense",
            b"HTTP/1.1 200 OK\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n" + config(),
            b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            # No machine has so much room, and no number of Python's C so many digits.
            b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999999999\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999999\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffff\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffffff\r\n",
            b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5000,
            b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000,
            b"HTTP/1.1 100 Continue\r\n\r\n" * 100_000,
            reply(b""),
            reply(b"<html>Welcome</html>"),
            reply(b"x" * 5_000_000),
            reply(config() + b" " * 5_000_000),
            reply(b"", "302 Found"),
            reply(config(), "500 Oops"),
        ],
        ids=range(19),
    )
    def test_an_answer_that_is_none_is_left(self, web, answer):
        pages(web, autoconfig_andina_test=answer)
        assert discover(ADDRESS) is None

    def test_who_drips_is_left_in_time_for_the_second_place(self, web, monkeypatch):
        monkeypatch.setattr(discovery, "PATIENCE", 1.0)
        drip = lambda peer: peer.drip(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1000)  # noqa: E731
        pages(web, autoconfig_andina_test=drip, andina_test=reply(config()))
        assert discover(ADDRESS)


class TestReading:
    def test_the_first_encrypted_servers_are_taken(self):
        found = read(
            config(
                entry(kind="pop3"),
                entry(socketType="plain", port="143"),
                entry(hostname="a.test", socketType="STARTTLS", port="143"),
                entry(hostname="b.test"),
                outgoing(socketType="plain", port="25"),
                outgoing(hostname="c.test", socketType="STARTTLS", port="587"),
            ),
            ADDRESS,
        )
        assert found.imap == Server("a.test", 143, "starttls")
        assert found.smtp == Server("c.test", 587, "starttls")

    @pytest.mark.parametrize(
        ("username", "expected"),
        [
            ("%EMAILADDRESS%", ADDRESS),
            ("%EMAILLOCALPART%", "lucia"),
            ("andina-%EMAILLOCALPART%", "andina-lucia"),
            ("%EMAILLOCALPART%@%EMAILDOMAIN%", ADDRESS),
            ("", ADDRESS),
            ("%REALNAME%", ADDRESS),
            ("a&#10;b", ADDRESS),
            ("x" * 300, ADDRESS),
        ],
    )
    def test_placeholders_are_filled_in(self, username, expected):
        assert read(config(entry(username=username), outgoing(username="")), ADDRESS).username == expected

    def test_a_placeholder_in_an_address_stays_what_it_is(self):
        address = "%EMAILDOMAIN%@andina.test"
        assert read(config(entry(username="%EMAILLOCALPART%")), address).username == address

    @pytest.mark.parametrize(
        "lie",
        [
            {"socketType": "plain"},
            {"socketType": ""},
            {"socketType": "SSLv3"},
            {"port": "22"},
            {"port": "0"},
            {"port": "99999"},
            {"port": "9" * 5000},
            {"port": "-993"},
            {"port": "９９３"},
            {"port": "imaps"},
            {"hostname": ""},
            {"hostname": "127.0.0.1"},
            {"hostname": "2130706433"},
            {"hostname": "::1"},
            {"hostname": "a b"},
            {"hostname": "imap.test&#13;&#10;X"},
            {"hostname": "imap.test:993"},
            {"hostname": "https://imap.test"},
            {"hostname": "%EMAILADDRESS%"},
            {"hostname": "%UNKNOWN%.test"},
            {"hostname": "x" * 300},
            {"authentication": "none"},
            {"authentication": "NTLM"},
            {"authentication": "client-IP-address"},
        ],
        ids=str,
    )
    def test_a_lie_is_not_proposed(self, lie):
        assert read(config(entry(**lie)), ADDRESS) is None
        assert read(config(entry(), outgoing(**lie)), ADDRESS).smtp is None

    @pytest.mark.parametrize("login", ["password-cleartext", "password-encrypted", "OAuth2", "plain"])
    def test_a_login_that_we_may_have_is_enough(self, login):
        assert read(config(entry(authentication=login)), ADDRESS)
        both = entry(authentication=f"NTLM</authentication><authentication>{login}")
        assert read(config(both), ADDRESS)

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    @pytest.mark.parametrize(
        "subset",
        [
            '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">',
            '<!ENTITY c SYSTEM "file:///etc/hostname">',
            '<!ENTITY % p SYSTEM "https://inside.andina.test/x.dtd"> %p;',
            "",
        ],
    )
    def test_a_document_type_is_refused(self, encoding, subset):
        text = (
            config(entry(hostname="&c;.test" if "c" in subset else "imap.test")).decode().partition("\n")[2]
        )
        bomb = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE clientConfig [{subset}]>{text}'
        assert read(bomb.encode(encoding), ADDRESS) is None

    @pytest.mark.parametrize(
        "document",
        [b"", b"<", b"\xff\xfe", b"<a>" * 100_000, b"<clientConfig/>", b'<?xml encoding="x-y"?><a/>'],
    )
    def test_what_is_no_file_of_ours_is_left(self, document):
        assert read(document, ADDRESS) is None

    def test_a_file_deeper_than_any_is_left(self):
        deep = "<a>" * 10_000 + "</a>" * 10_000
        assert read(config(entry()), ADDRESS)
        assert read(config(entry(), deep), ADDRESS) is None

    @given(st.binary(max_size=300))
    def test_any_bytes_are_no_trouble(self, document):
        assert read(document, ADDRESS) is None

    @given(
        st.dictionaries(
            st.sampled_from(["hostname", "port", "socketType", "username", "authentication"]),
            st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="<&"), max_size=30)
            | st.sampled_from(["993", "143", "SSL", "STARTTLS", "imap.test", "%EMAILDOMAIN%", "OAuth2"]),
        )
    )
    def test_whatever_is_said_only_an_encrypted_mail_server_is_proposed(self, said):
        found = read(config(entry(**said), outgoing()), ADDRESS)
        for server in (found.imap, found.smtp) if found else ():
            assert server.tls in ("tls", "starttls")
            assert server_name(server.host) == server.host
            check_port(server.port)
            assert found.username.isprintable()


class TestIspdb:
    def test_thunderbirds_database_is_asked_only_where_the_site_wants_it(self, names, settings):
        assert "ispdb" not in conf.DEFAULTS["DISCOVERY"]
        settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "DISCOVERY": conf.DEFAULTS["DISCOVERY"]}
        discover(ADDRESS)
        assert not any("thunderbird" in name for name in names.asked)

    def test_it_learns_the_domain_and_not_the_address(self, web, settings):
        host = "autoconfig.thunderbird.net"
        settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "DISCOVERY": ["ispdb"], "PRIVATE_SERVERS": [host]}
        server = web(lambda peer, host, target: peer.raw(reply(config())), host)
        assert discover(ADDRESS).source == "ispdb"
        assert requests(server) == ["/v1.1/andina.test"]
        assert "lucia" not in "".join(server.lines)
