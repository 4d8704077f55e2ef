"""pytest fixtures: a name service that says what a test wants, and nothing of this machine allowed."""

import ipaddress
import socket

import pytest


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
