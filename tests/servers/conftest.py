"""pytest fixtures for what strangers say about servers: names, DNS records, pages, and what is allowed."""

import ipaddress
import socket

import dns.resolver
import pytest

from escala_email_plugin.servers import https

from .name_server import NameServer


class Names:
    """``socket.getaddrinfo`` of a test: ``names["mail.example.test"] = ["127.0.0.1"]``.

    ``asked`` are the names that were looked up. What is no name but an address stays what it is.
    """

    def __init__(self, real) -> None:
        self._real = real
        self.known: dict[str, list[str]] = {}
        self.asked: list[str] = []

    def __setitem__(self, name: str, addresses: list[str]) -> None:
        self.known[name] = addresses

    def __call__(self, host, port, *args, **kwargs):
        self.asked.append(host)
        name = host.rstrip(".").lower()
        if name in self.known:
            return [found for address in self.known[name] for found in self._numeric(address, port)]
        return self._real(host, port, *args, flags=socket.AI_NUMERICHOST, **kwargs)

    def _numeric(self, text: str, port: int) -> list:
        address = ipaddress.ip_address(text)
        family, rest = (socket.AF_INET, ()) if address.version == 4 else (socket.AF_INET6, (0, 0))
        return [(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (text, port, *rest))]


@pytest.fixture
def names(monkeypatch) -> Names:
    """A name service that knows what it is told, and no other name."""
    service = Names(socket.getaddrinfo)
    monkeypatch.setattr(socket, "getaddrinfo", service)
    return service


@pytest.fixture
def allowing(settings):
    """allowing(*entries, ports=()): from now on PRIVATE_SERVERS and MAIL_PORTS are these."""

    def allow(*entries, ports=("1-65535",)) -> None:
        settings.ESCALA_EMAIL = {
            **settings.ESCALA_EMAIL,
            "PRIVATE_SERVERS": list(entries),
            "MAIL_PORTS": list(ports),
        }

    return allow


@pytest.fixture
def name_server(monkeypatch):
    """A name server with an empty zone, which is asked for every MX and SRV record."""
    with NameServer() as server:
        monkeypatch.setattr(dns.resolver, "default_resolver", server.resolver())
        yield server


@pytest.fixture
def web(hostile, authority, names, monkeypatch):
    """web(answer, *hosts): a web server with a good certificate for ``hosts``, names of this machine.

    ``answer(peer, host, target)`` answers a request. Returns the server: its ``lines`` are all that was sent.
    """

    def start(answer, *hosts):
        context = authority.server_context(name=hosts[0], hosts=hosts)
        for host in hosts:
            names[host] = ["127.0.0.1"]

        def script(peer):
            peer.encrypt(context)
            target = peer.line().split()[1]
            headers = dict(line.split(": ", 1) for line in iter(peer.line, ""))
            answer(peer, headers["Host"], target)

        server = hostile(script, tls=False)
        monkeypatch.setattr(https, "PORT", server.port)
        return server

    return start
