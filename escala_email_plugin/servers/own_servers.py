"""The servers of the company's own domains, as the setting MAIL_SERVERS names them."""

from typing import Any

from .. import conf
from .found import Found
from .host_name import pasted, server_name
from .server import Server


def by_setting(address: str) -> Found | None:
    """What the site says about the domain of ``address``, or None. What makes no sense there says nothing."""
    local, _, domain = address.rpartition("@")
    servers = conf.get("MAIL_SERVERS")
    for name, value in servers.items() if isinstance(servers, dict) else ():
        try:
            known, imap, smtp, username = own_servers(name, value)
        except ValueError:
            continue
        if known == domain:
            return Found(imap, smtp, address if username == "address" else local, "table")
    return None


def own_servers(name: Any, value: Any) -> tuple[str, Server, Server, str]:
    """One entry: the domain, its IMAP server, its SMTP server, and what user names are ("address", "local").

    Raises ValueError.
    """
    try:
        username = value.get("username", "address")
        imap, smtp = (_server(*value[protocol]) for protocol in ("imap", "smtp"))
        domain = server_name(name)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(error) from None
    if username not in ("address", "local"):
        raise ValueError(username)
    return domain, imap, smtp, username


def _server(host: str, port: int, tls: str) -> Server:
    if not isinstance(port, int) or not 0 < port < 1 << 16:
        raise ValueError(port)
    return Server(pasted(host), port, tls)
