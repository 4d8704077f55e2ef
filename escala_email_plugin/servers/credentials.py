"""Who we are to a mail server, in one piece: nobody passes a secret around without its method."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user's name and what proves it: a password, or an OAuth access token ("xoauth2").

    The secret stays out of every ``repr``.
    """

    user: str
    secret: str = field(repr=False)
    method: Literal["password", "xoauth2"] = "password"

    @property
    def is_sendable(self) -> bool:
        """Whether neither holds a character that would end a line and begin another command."""
        return not any(char in self.user + self.secret for char in "\r\n\0")
