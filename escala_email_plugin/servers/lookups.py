"""DNS records, asked of the machine's name service."""

import logging
from typing import Any

from .errors import WireError
from .wire import Deadline

logger = logging.getLogger(__name__)

#: Seconds one question may take.
PATIENCE = 2.0


def records(name: str, kind: str, deadline: Deadline) -> list[Any]:
    """The records of one ``kind`` ("MX", "SRV") that ``name`` has, as dnspython gives them.

    Raises WireError("dns_failed") where nobody answers: to ask for other names would be in vain.
    """
    import dns.exception  # megabytes, which worker and watcher, and most requests, do not need
    import dns.resolver

    lifetime = min(PATIENCE, deadline.left())
    try:
        return list(dns.resolver.resolve(f"{name}.", kind, lifetime=lifetime, search=False))
    except (dns.resolver.LifetimeTimeout, dns.resolver.NoResolverConfiguration, OSError):
        raise WireError("dns_failed") from None
    except (dns.exception.DNSException, UnicodeError, ValueError) as error:
        logger.debug("%s of a domain: %s", kind, type(error).__name__)
        return []


def text(name: Any) -> str:
    """A name in a record, as text in lower case without its final dot."""
    return name.to_text(omit_final_dot=True).lower()
