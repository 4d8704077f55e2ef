"""Who we are to a mail server, in one piece: nobody passes a secret around without its method."""

from dataclasses import dataclass, field
from typing import Literal

Method = Literal["password", "xoauth2"]


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user's name and what proves it: a password, or an OAuth access token ("xoauth2").

    The secret stays out of every ``repr``.
    """

    user: str
    secret: str = field(repr=False)
    method: Method = "password"

    @property
    def is_sendable(self) -> bool:
        """Whether neither holds a character that ends a line, or a field of XOAUTH2, and begins another."""
        ends = "\r\n\0\1" if self.method == "xoauth2" else "\r\n\0"
        return not any(char in self.user + self.secret for char in ends)
