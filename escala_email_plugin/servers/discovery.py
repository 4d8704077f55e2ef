"""The servers of an address, found before anybody has to type them.

What is found is a proposal that people see and may change, and every server in it is judged again when it is
connected to. Nothing unencrypted is ever proposed.
"""

from collections.abc import Callable
from dataclasses import replace

from .. import conf
from ..mail.addresses import BadAddress, canonical
from .autoconfig import by_autoconfig, by_ispdb
from .errors import WireError
from .found import Found, Source
from .hoster import Hoster, by_domain, by_exchanger, by_server
from .hosters import HOSTERS
from .lookups import records, text
from .own_servers import by_setting
from .srv import by_srv
from .wire import Deadline

__all__ = ["SOURCES", "Found", "discover"]

#: Seconds for all of it.
PATIENCE = 8.0


def discover(address: str) -> Found | None:
    """Where the mail of ``address`` is, by the first of DISCOVERY's ways that knows; None where none does.

    Never raises for what a server does, and takes ``PATIENCE`` seconds at most.
    """
    try:
        address = canonical(address.strip())
    except BadAddress:
        return None
    deadline = Deadline(PATIENCE)
    allowed = conf.get("DISCOVERY")
    for source, way in SOURCES.items():
        if source in allowed and (found := _tried(way, address, deadline)):
            return found
    return None


def _tried(way: Callable[[str, Deadline], Found | None], address: str, deadline: Deadline) -> Found | None:
    try:
        found = way(address, deadline)
    except WireError:
        return None
    if found and found.imap and not found.hoster:
        return replace(found, hoster=by_server(HOSTERS, found.imap.host))
    return found


def _by_table(address: str, deadline: Deadline) -> Found | None:
    known = by_domain(HOSTERS, _domain(address))
    return by_setting(address) or (_at(known, address, "table") if known else None)


def _by_mx(address: str, deadline: Deadline) -> Found | None:
    """By the exchangers that are preferred (RFC 5321 5.1); the others may be somebody else's spare ones."""
    answers = records(_domain(address), "MX", deadline)
    best = min((one.preference for one in answers), default=0)
    for one in answers:
        if one.preference == best and (known := by_exchanger(HOSTERS, text(one.exchange))):
            return _at(known, address, "mx")
    return None


def _by_srv(address: str, deadline: Deadline) -> Found | None:
    return by_srv(_domain(address), address, deadline)


def _at(hoster: Hoster, address: str, source: Source) -> Found:
    username = address if hoster.username == "address" else address.rpartition("@")[0]
    return Found(hoster.imap, hoster.smtp, username, source, hoster)


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


#: The ways, in the order in which they are tried.
SOURCES: dict[Source, Callable[[str, Deadline], Found | None]] = {
    "table": _by_table,
    "mx": _by_mx,
    "srv": _by_srv,
    "autoconfig": by_autoconfig,
    "ispdb": by_ispdb,
}
