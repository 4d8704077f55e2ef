"""Where a mail server is, and whom we believe that it is one."""

import ssl
from dataclasses import dataclass
from typing import Literal

from .. import conf
from .errors import WireError


@dataclass(frozen=True, slots=True)
class Server:
    """A host, a port and how encryption begins there. Nothing secret. Raises ValueError for other modes:
    there is no unencrypted one.
    """

    host: str
    port: int
    tls: Literal["tls", "starttls"]

    def __post_init__(self) -> None:
        if self.tls not in ("tls", "starttls"):
            raise ValueError("tls must be “tls” or “starttls”")


def trust() -> ssl.SSLContext:
    """The context that verifies servers. Raises WireError("ca_file") where CA_FILE cannot be read."""
    try:
        return conf.ssl_context()
    except OSError:  # ssl.SSLError is one
        raise WireError("ca_file") from None
