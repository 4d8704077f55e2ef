"""Mail servers by SRV records (RFC 6186, RFC 8314 5.1)."""

from .errors import WireError
from .found import Found
from .host_name import BadHost, server_name
from .hoster import is_within
from .lookups import records, text
from .reach import check_port
from .server import Server
from .wire import Deadline

#: Services and how encryption begins there, the better first.
IMAP = (("_imaps._tcp", "tls"), ("_imap._tcp", "starttls"))
SMTP = (("_submissions._tcp", "tls"), ("_submission._tcp", "starttls"))


def by_srv(domain: str, username: str, deadline: Deadline) -> Found | None:
    """The servers that ``domain`` names, or None. Raises WireError where DNS cannot be asked."""
    imap = _first(IMAP, domain, deadline)
    if imap is None:
        return None  # nothing to connect; to know how to send is no use
    smtp = _first(SMTP, domain, deadline)
    outside = any(server and not is_within(server.host, domain) for server in (imap, smtp))
    return Found(imap, smtp, username, "srv", outside=outside)


def _first(services: tuple[tuple[str, str], ...], domain: str, deadline: Deadline) -> Server | None:
    for service, tls in services:
        answers = records(f"{service}.{domain}", "SRV", deadline)
        # RFC 2782 chooses among equals by chance; a proposal is the same each time.
        for record in sorted(answers, key=lambda one: (one.priority, -one.weight, one.target)):
            if server := _server(record, tls):
                return server
    return None


def _server(record: object, tls: str) -> Server | None:
    """The server a record names; none where its target is "." (RFC 2782) or nonsense."""
    try:
        check_port(record.port)
        return Server(server_name(text(record.target)), record.port, tls)
    except (BadHost, WireError):
        return None
