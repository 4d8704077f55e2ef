"""What was found about an address's servers. A proposal: nothing is connected to because of it."""

from dataclasses import dataclass
from typing import Literal

from .hoster import Hoster
from .server import Server

Source = Literal["table", "mx", "srv", "autoconfig", "ispdb"]


@dataclass(frozen=True, slots=True)
class Found:
    """Where the mail of an address probably is, and the user name there."""

    imap: Server | None
    smtp: Server | None
    username: str
    source: Source
    hoster: Hoster | None = None
    #: Whether an unsigned DNS answer led out of the address's own domain: then people have to agree to the
    #: servers before a password goes there (RFC 6186 6).
    outside: bool = False
