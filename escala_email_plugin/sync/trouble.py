"""What went wrong: its code, and how long it is waited out. Each kind has a back-off of its own."""

from datetime import timedelta

from ..models import EmailAccount
from ..servers.errors import ImapError, ProtocolTrouble, ServerError, SmtpError, Throttled
from . import polling

#: Not the server's fault; the traceback is in the log.
OUR_FAULT = "internal"

#: The first and the longest pause, by what went wrong.
PAUSES: list[tuple[type[Exception], timedelta, timedelta]] = [
    # The provider asks for peace: it gets more of it than a network that is down.
    (Throttled, timedelta(minutes=5), timedelta(hours=4)),
    (ProtocolTrouble, timedelta(minutes=2), timedelta(hours=2)),
    # The network, and certificates that somebody is about to mend.
    (ImapError, timedelta(minutes=1), timedelta(hours=1)),
    # Nothing is read by SMTP, and its codes do not tell a busy server from one that is down.
    (SmtpError, timedelta(minutes=5), timedelta(hours=4)),
    # Ours: it will fail again until somebody mends it.
    (Exception, timedelta(minutes=5), timedelta(hours=6)),
]


#: Longer than this no server is believed: a slip of its pen must not silence a mailbox for weeks.
AT_MOST = timedelta(days=1)


def code_of(error: Exception) -> str:
    """The code of ``error``, for the account and its Run."""
    return getattr(error, "code", OUR_FAULT)


def pause(account: EmailAccount, error: Exception) -> timedelta:
    """How long ``account`` is left alone after ``error``: as the server asked, else longer each time."""
    asked = error.retry_after if isinstance(error, ServerError) else None
    if asked:
        return min(timedelta(seconds=asked), AT_MOST)
    first, longest = next((first, longest) for kind, first, longest in PAUSES if isinstance(error, kind))
    return polling.jittered(min(first * 2 ** min(account.failures, 10), longest))
