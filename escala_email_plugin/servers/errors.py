"""What can go wrong with a mail server: a stable code, and a sentence a person can act on.

No sentence holds a word of the server's (a banner may say anything) or a credential.
"""

from typing import Any

from django.utils.functional import lazystr

from .sentences import SENTENCES


class ServerError(Exception):
    """Trouble with a mail server. ``code`` is a key of ``SENTENCES``; ``str()`` the translated sentence.

    ``retry_after``: the seconds the server asked to be left alone, or None where it asked for none.
    """

    def __init__(self, code: str, *, retry_after: int | None = None, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
        self.values = values

    @property
    def sentence(self) -> str:
        """The sentence as a lazy string, translated where it is shown."""
        return lazystr(self)

    def __str__(self) -> str:
        values = {"host": "?", "port": "?", "seconds": "?", **self.values}
        return str(SENTENCES[self.code]) % values


class WireError(ServerError):
    """The connection below the protocol: names, sockets, TLS, deadlines. Never leaves this package."""


class ImapError(ServerError):
    """Trouble with an IMAP server."""


class Unreachable(ImapError):
    """The network: name not found, port closed, no answer."""


class Untrusted(ImapError):
    """The encryption: a certificate that is not good, TLS missing or tampered with."""


class Refused(ImapError):
    """The server refused the login: a person has to do something."""


class LoginNotOffered(ImapError):
    """The server offers no login that we know, at least now. It was told no secret, so none was refused."""


class Throttled(ImapError):
    """The server wants to be asked later. The password is not the trouble."""


class ProtocolTrouble(ImapError):
    """Nonsense, too much, a hang or an end in the middle of an answer. The session is closed."""


class FolderGone(ImapError):
    """The folder is not there, or its name cannot be sent."""


class SmtpError(ServerError):
    """Trouble with an SMTP server; the codes are those of IMAP, and a few of its own."""


class SmtpRefused(SmtpError):
    """The SMTP server refused the login: a person has to do something."""
