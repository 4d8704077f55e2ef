"""How long an account is left alone after trouble. Polling goes on meanwhile, by its own rules."""

import random

from ...servers.errors import ProtocolTrouble, Refused, Throttled, Untrusted
from ...servers.secrets import SecretUnreadable

#: Seconds without trouble after which earlier troubles no longer count.
STEADY = 300.0
#: A server that has no IDLE may have it tomorrow.
NO_IDLE = 24 * 3600.0

#: (class, first pause, longest pause) in seconds; the first class that fits.
_PAUSES = (
    (Throttled, 60, 3600),
    (Refused, 300, 3600),
    (Untrusted, 300, 3600),
    (ProtocolTrouble, 60, 6 * 3600),
    (Exception, 3, 900),
)


def pause(error: Exception, failures: int) -> float | None:
    """Seconds until the next login, after so many ``failures`` in a row; None: once the account changes.

    A refused password stays refused, and every try brings the account nearer to being locked. Of access
    tokens there is another one each hour.
    """
    if isinstance(error, Refused | SecretUnreadable) and getattr(error, "code", "") != "access_refused":
        return None
    first, longest = next((first, longest) for kind, first, longest in _PAUSES if isinstance(error, kind))
    seconds = min(first * 2 ** min(failures - 1, 20), longest)
    seconds *= random.uniform(0.75, 1.25)  # noqa: S311 (jitter, not a secret)
    return max(seconds, min(getattr(error, "retry_after", None) or 0, NO_IDLE))
