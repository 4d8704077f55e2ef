"""System checks of what the site says about mail servers."""

from collections.abc import Callable
from typing import Any

from django.core.checks import Error, register

from .. import conf
from ..servers.discovery import SOURCES
from ..servers.host_name import NO_NAME, BadHost, pasted
from ..servers.own_servers import own_servers
from ..servers.reach import mail_ports, private_server


@register("escala_email")
def check_private_servers(**kwargs: Any) -> list:
    """E005: an entry that is neither network nor name; it stays refused."""
    hint = (
        'Entries are networks without host bits ("10.0.0.0/8"), addresses, or names ("mail.empresa.lan", '
        '"*.lan").'
    )
    return _named("PRIVATE_SERVERS", private_server, hint, "escala_email.E005")


@register("escala_email")
def check_mail_ports(**kwargs: Any) -> list:
    """E006: an entry that is no port; it stays refused."""
    hint = 'Entries are ports from 1 to 65535, or ranges such as "1024-65535".'
    return _named("MAIL_PORTS", mail_ports, hint, "escala_email.E006")


@register("escala_email")
def check_discovery(**kwargs: Any) -> list:
    """E008: a way to find servers that is none."""
    hint = f"The ways are: {', '.join(SOURCES)}."
    return _named("DISCOVERY", tuple(SOURCES).index, hint, "escala_email.E008")


@register("escala_email")
def check_mail_servers(**kwargs: Any) -> list:
    """E009: a domain of the company's whose servers make no sense."""
    servers = conf.get("MAIL_SERVERS")
    hint = 'Write {"empresa.com": {"imap": (host, port, "tls"), "smtp": (host, port, "starttls")}}.'
    if not isinstance(servers, dict):
        message = 'ESCALA_EMAIL["MAIL_SERVERS"] must be a dictionary.'
        return [Error(message, hint=hint, id="escala_email.E009")]
    return [
        Error(f'ESCALA_EMAIL["MAIL_SERVERS"]: “{name}” makes no sense.', hint=hint, id="escala_email.E009")
        for name, value in servers.items()
        if not _makes_sense(name, value, parse=own_servers)
    ]


@register("escala_email")
def check_authserv_ids(**kwargs: Any) -> list:
    """E011: an entry that is no server's name; no header would ever be believed."""
    hint = 'Entries are names of servers as they write them in Authentication-Results: "mx.empresa.com".'
    return _named("AUTHSERV_IDS", _host, hint, "escala_email.E011")


def _host(entry: Any) -> str:
    if not isinstance(entry, str):
        raise BadHost(NO_NAME)
    return pasted(entry)


def _named(name: str, parse: Callable[[Any], Any], hint: str, number: str) -> list:
    """An error for each entry of a setting's list that ``parse`` refuses by ValueError."""
    entries = conf.get(name)
    if not isinstance(entries, list | tuple):
        return [Error(f'ESCALA_EMAIL["{name}"] must be a list.', hint=hint, id=number)]
    return [
        Error(f'ESCALA_EMAIL["{name}"]: “{entry}” makes no sense.', hint=hint, id=number)
        for entry in entries
        if not _makes_sense(entry, parse=parse)
    ]


def _makes_sense(*values: Any, parse: Callable[..., Any]) -> bool:
    try:
        parse(*values)
    except ValueError:
        return False
    return True
