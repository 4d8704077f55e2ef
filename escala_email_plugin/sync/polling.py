"""When an account that is well is looked at again.

Polling is the net under the watcher: seldom while somebody holds IDLE for the account, every minute where
nobody does, and less often where nothing comes.
"""

import random
from datetime import datetime, timedelta

from ..models import EmailAccount

#: While nobody watches: from one minute up to five, a tenth of the time for which nothing came.
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(minutes=5)

#: While a watcher does: other folders than the watched one, and what it may have missed.
WATCHED = timedelta(minutes=10)


def pause(account: EmailAccount, now: datetime) -> timedelta:
    """How long to leave the account alone after a sync that went well."""
    if account.watched_until is not None and account.watched_until > now:
        return jittered(WATCHED)
    newest = account.runs.order_by("-started_at").values_list("moved_at", flat=True).first()
    quiet = (now - newest) / 10 if newest else SHORTEST
    return jittered(max(SHORTEST, min(quiet, LONGEST)))


def jittered(pause: timedelta) -> timedelta:
    """About ``pause``: accounts that failed or began together must not come back together."""
    return pause * random.uniform(0.75, 1.25)  # noqa: S311 (jitter, not a secret)
