"""The mail that came while an account was stopped: since when it lacks, and how much came of it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from ..models import EmailAccount

#: A mail server's clock may be behind ours by so much.
CLOCKS = timedelta(hours=1)


def opened(account: EmailAccount) -> dict[str, Any]:
    """What is written when a stopped account is connected again: mail is lacking since it was last read."""
    return {"reconnected_at": timezone.now(), "gap_from": account.last_success, "gap_filled": None}


def filled(account: EmailAccount) -> dict[str, Any]:
    """What is written when it was synchronised to the end: how many messages came. Nothing without a gap.

    Counted are messages that arrived since, and that nobody had recorded before: neither those of
    a new contact's earlier mail, which is brought in meanwhile, nor what was only moved or renumbered.
    """
    if account.gap_from is None or account.gap_filled is not None:
        return {}
    places = account.locations.filter(
        folder__account=account,
        arrived__gte=account.gap_from - CLOCKS,
        message__recorded_at__gte=account.gap_from,
    )
    return {"gap_filled": places.values("message").distinct().count()}
