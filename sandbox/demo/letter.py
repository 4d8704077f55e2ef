"""One message on its way into a mailbox of the mail server."""

from datetime import datetime
from typing import NamedTuple


class Letter(NamedTuple):
    """A message as it lies in a folder: ``mailbox`` is the account's address, ``arrived`` is aware."""

    mailbox: str
    folder: str
    arrived: datetime
    content: bytes
    flags: tuple[str, ...] = ()
