"""How each mailbox is, in a line."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from ...models import EmailAccount
from ...sync.health import health
from ...sync.needs import ENDING
from ...sync.sentences import detail_of
from .finding import Finding, Level
from .words import age, until

#: After so long without a fresh access token, nobody renews it.
STALE = timedelta(minutes=15)

REMEDIES = {
    "reconnect": "Its owner connects it again in Settings › Emails; nothing is lost meanwhile.",
    "late": "See that the worker runs and keeps up.",
    "missing": "Run “manage.py escala_email audit” for it, which says what is missing and why.",
    "unread": "Its server counts messages that it does not show: ask whoever runs it.",
    "not_compared": "Run “manage.py escala_email audit” for it, which says what could not be compared.",
    "grant_ending": "Its owner signs in again in Settings › Emails before that.",
    "stale": "See that the worker runs: it renews the access tokens.",
}


def accounts() -> Iterator[Finding]:
    """One line for each connected account; none is connected is told too."""
    found = health()
    rows = found["accounts"]
    wants: dict[int, list[str]] = {}
    for one in found["needs_a_person"]:
        wants.setdefault(one["account"], []).append(one["why"])
    if not rows:
        yield Finding("account", Level.OK, "None is connected.")
    known = EmailAccount.objects.in_bulk([row["id"] for row in rows])
    for row in rows:
        if account := known.get(row["id"]):
            yield _line(account, row, wants.get(account.pk, []))


def _line(account: EmailAccount, row: dict[str, Any], needs: Iterable[str]) -> Finding:
    tokens = list(_tokens(account))
    needs = [*needs, *(why for why, _words in tokens)]
    told = [_state(account), _success(account), *_counts(row), *(words for _why, words in tokens)]
    trouble = detail_of(account, account.trouble)
    says = f"{account.address} ({account.kind}): {', '.join(told)}." + (f" {trouble}" if trouble else "")
    remedy = " ".join(dict.fromkeys(REMEDIES[why] for why in needs if why in REMEDIES))
    return Finding("account", _level(account, needs), says, remedy, account.pk)


def _level(account: EmailAccount, needs: Iterable[str]) -> Level:
    if needs:
        return Level.WRONG
    return Level.ADVICE if account.state == EmailAccount.State.WAITING else Level.OK


def _state(account: EmailAccount) -> str:
    since = f" ({age(account.state_since)})" if account.state_since else ""
    mode = "" if account.mode == EmailAccount.Mode.TOTAL else f", synchronisation {account.mode}"
    return f"{account.get_state_display().lower()}{since}{mode}"


def _success(account: EmailAccount) -> str:
    return f"read to the end {age(account.last_success)}" if account.last_success else "never read to the end"


def _counts(row: dict[str, Any]) -> Iterator[str]:
    if row["set_aside"]:
        yield f"{row['set_aside']} set aside"
    if row["failures"]:
        yield f"{row['failures']} failures in a row"
    if row["next_try"]:
        yield f"next try {until(datetime.fromisoformat(row['next_try']))}"


def _tokens(account: EmailAccount) -> Iterator[tuple[str, str]]:
    """What a provider's consent and tokens ask for: why, and in words."""
    if not account.provider or account.state == EmailAccount.State.RECONNECT:
        return
    now = timezone.now()
    if account.grant_ends and account.grant_ends - now < ENDING:
        yield "grant_ending", f"its consent ends {until(account.grant_ends)}"
    if account.access_ends and now - account.access_ends > STALE:
        yield "stale", f"its access token ended {age(account.access_ends)}"
