"""What is to be known about a mail hoster, and how it is told by an address, an MX record or a server."""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise

from .server import Server


@dataclass(frozen=True, slots=True)
class Hoster:
    """Somebody who keeps other people's mailboxes. Names are in lower case, without a final dot."""

    id: str
    name: str
    imap: Server | None
    smtp: Server | None
    #: Domains of its own addresses.
    domains: tuple[str, ...] = ()
    #: What the names of its mail exchangers end in, for customers with a domain of their own.
    mx: tuple[str, ...] = ()
    username: Literal["address", "local"] = "address"
    #: Whether it takes only passwords made for one program, and the sentence for another one.
    app_password: bool = False
    advice: str = ""
    #: A page of the hoster's about this, by https, or "".
    help_url: str = ""
    #: Who signs its users in, a key of ``providers.PROVIDERS``, or "".
    oauth: Literal["google", "microsoft", ""] = ""
    #: What people have to know before they type a password, or "".
    note: Promise | str = ""


def by_domain(hosters: tuple[Hoster, ...], domain: str) -> Hoster | None:
    """Whose addresses those of ``domain`` are."""
    return next((one for one in hosters if domain in one.domains), None)


def by_exchanger(hosters: tuple[Hoster, ...], exchanger: str) -> Hoster | None:
    """Whose mail exchanger that is."""
    return next((one for one in hosters if any(is_within(exchanger, end) for end in one.mx)), None)


def by_server(hosters: tuple[Hoster, ...], host: str) -> Hoster | None:
    """Whose IMAP or SMTP server ``host`` is."""
    host = host.lower().rstrip(".")
    for one in hosters:
        servers = {server.host for server in (one.imap, one.smtp) if server}
        if host in servers or any(is_within(host, domain) for domain in one.domains):
            return one
    return None


def is_within(name: str, domain: str) -> bool:
    """Whether ``name`` is ``domain`` or below it."""
    return name == domain or name.endswith(f".{domain}")
