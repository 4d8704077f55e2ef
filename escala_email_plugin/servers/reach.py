"""Where a connection may go.

Who types a server's name must not reach what only this machine reaches (server-side request forgery). Not the
name is judged but the addresses it has, and the addresses that were judged are those connected to.
"""

import ipaddress
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from .. import conf
from .errors import WireError
from .public import is_public

T = TypeVar("T")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: SMTP, IMAP and submission (RFC 5321, 9051, 6409, 8314), and the port some hosters add for submission.
MAIL_PORTS = frozenset({25, 143, 465, 587, 993, 2525})

_NAME = re.compile(r"(\*\.)?[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_-]{1,63})*", re.I)
_PORTS = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?", re.ASCII)


def check_port(port: int) -> None:
    """Raises WireError("port_not_for_mail") for a port that is neither mail's nor one of MAIL_PORTS."""
    if port not in MAIL_PORTS and not any(port in ports for ports in _entries("MAIL_PORTS", mail_ports)):
        raise WireError("port_not_for_mail")


def permitted(host: str, found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Those of ``found``, getaddrinfo's answer for ``host``, that are public or that PRIVATE_SERVERS names.

    Raises WireError("private_host") where none is: before anything is sent, so that nobody learns what
    answers there.
    """
    allowed = _entries("PRIVATE_SERVERS", private_server)
    if _is_named(host, [entry for entry in allowed if isinstance(entry, str)]):
        return found
    networks = [entry for entry in allowed if not isinstance(entry, str)]
    good = [one for one in found if _may_be_reached(one[4][0], networks)]
    if not good:
        raise WireError("private_host")
    return good


def private_server(entry: Any) -> Network | str:
    """An entry of PRIVATE_SERVERS: a network or an address, or a name in lower case ("*.lan": all below it).

    Raises ValueError for what is none of these.
    """
    if not isinstance(entry, str):
        raise ValueError(entry)
    with_letters = re.search("[a-z]", entry.rpartition(".")[2], re.I)
    if "/" in entry or ":" in entry or not with_letters:
        return ipaddress.ip_network(entry)
    if not _NAME.fullmatch(entry):
        raise ValueError(entry)
    return entry.lower()


def mail_ports(entry: Any) -> range:
    """An entry of MAIL_PORTS: a port, or ports as "1024-65535". Raises ValueError for what is neither."""
    found = None if isinstance(entry, bool) else _PORTS.fullmatch(str(entry))
    if not found:
        raise ValueError(entry)
    first, last = int(found[1]), int(found[2] or found[1])
    if not 0 < first <= last < 1 << 16:
        raise ValueError(entry)
    return range(first, last + 1)


def _entries(name: str, parse: Callable[[Any], T]) -> list[T]:
    """A setting's entries. What makes no sense opens nothing; a system check names it."""
    entries = conf.get(name)
    found = []
    for entry in entries if isinstance(entries, list | tuple) else ():
        try:
            found.append(parse(entry))
        except ValueError:
            continue
    return found


def _is_named(host: str, names: Sequence[str]) -> bool:
    host = host.lower().rstrip(".")
    return any(host.endswith(name[1:]) if name.startswith("*.") else host == name for name in names)


def _may_be_reached(text: str, networks: Sequence[Network]) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    if is_public(address):
        return True
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in network for network in networks)
