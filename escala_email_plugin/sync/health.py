"""How the synchronisation of all mailboxes is, for monitoring: no secret, nobody's correspondents."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from ..models import EmailAccount, Lookup, Quarantined, Run
from .lease import AT_WORK, READ
from .quarantine import ATTEMPTS

#: A mailbox that is read all the time and was not for so long needs somebody to look.
LATE = timedelta(hours=1)

#: What a run tells by stage and of its connection; by folder it tells too, but not to everybody.
COST = ("stages", "traffic")


def health() -> dict[str, Any]:
    """Every mailbox that is connected, the totals, and what needs a person; in two queries.

    ``accounts``: a row each. ``needs_a_person``: ``{"account": id, "why": code}``, where why is
    ``reconnect`` (its owner must log in again), ``late`` (nothing was read for LATE, though it should have
    been) or ``missing`` (the last check could not bring in all that it found). ``ok``: there is none.
    Moments are ISO 8601, everything else that is measured is in seconds.
    """
    now = timezone.now()
    accounts = list(_accounts())
    ids = {pk for one in accounts for pk in (one.newest_run, one.newest_audit) if pk}
    runs = Run.objects.in_bulk(ids)
    rows = [_row(one, runs, now) for one in accounts if one.state != EmailAccount.State.DISCONNECTED]
    troubled = [{"account": row["id"], "why": why} for row in rows for why in row.pop("needs")]
    return {
        "at": now.isoformat(),
        "ok": not troubled,
        "needs_a_person": troubled,
        "totals": _totals(accounts, rows),
        "accounts": rows,
    }


def _accounts() -> QuerySet:
    aside = Quarantined.objects.filter(folder__account=OuterRef("pk")).order_by()
    lookups = Lookup.objects.filter(account=OuterRef("pk")).order_by()
    newest = Run.objects.filter(account=OuterRef("pk")).order_by("-started_at", "-pk").values("pk")
    return EmailAccount.objects.annotate(
        is_read=ExpressionWrapper(READ, output_field=BooleanField()),
        set_aside=_number(aside.values("folder__account")),
        given_up=_number(aside.filter(attempts__gte=ATTEMPTS).values("folder__account")),
        lookups_left=_number(lookups.values("account")),
        newest_run=Subquery(newest.exclude(kind=Run.Kind.AUDIT)[:1]),
        newest_audit=Subquery(newest.filter(kind=Run.Kind.AUDIT, finished_at__isnull=False)[:1]),
    ).order_by("pk")


def _number(grouped: QuerySet) -> Coalesce:
    return Coalesce(Subquery(grouped.annotate(number=Count("pk")).values("number")), 0)


def _row(account: Any, runs: dict[int, Run], now: datetime) -> dict[str, Any]:
    audit = runs.get(account.newest_audit)
    return {
        "id": account.pk,
        "kind": account.kind,
        "address": account.address,
        "state": account.state,
        "trouble": account.trouble,
        "mode": account.mode,
        "last_success": _moment(account.last_success),
        "lag_seconds": _lag(account, now),
        "next_try": _moment(account.next_try),
        "failures": account.failures,
        "at_work": _is_held(account, now),
        "watched": bool(account.watched_until and account.watched_until > now),
        "set_aside": account.set_aside,
        "given_up": account.given_up,
        "lookups": account.lookups_left,
        "last_run": _run(runs.get(account.newest_run)),
        "last_audit": _run(audit),
        "needs": list(_needs(account, audit, now)),
    }


def _needs(account: Any, audit: Run | None, now: datetime) -> Iterable[str]:
    if account.state == EmailAccount.State.RECONNECT:
        yield "reconnect"
    elif _is_late(account, now):
        yield "late"
    if audit and audit.result.get("missing", 0) > 0:
        yield "missing"


def _is_wanted(account: Any) -> bool:
    return account.is_read and account.state in AT_WORK and account.mode == EmailAccount.Mode.TOTAL


def _is_held(account: EmailAccount, now: datetime) -> bool:
    return bool(account.lease_until and account.lease_until > now)


def _is_late(account: Any, now: datetime) -> bool:
    """A first synchronisation may take its hours, as long as somebody is at it."""
    since = account.last_success or account.created_at
    return _is_wanted(account) and not _is_held(account, now) and now - since > LATE


def _lag(account: Any, now: datetime) -> int | None:
    """Seconds since it was read to the end; None where it never was, or is not to be."""
    if account.last_success is None or not _is_wanted(account):
        return None
    return round((now - account.last_success).total_seconds())


def _run(run: Run | None) -> dict[str, Any] | None:
    """A run's counts. Of its result the numbers alone: the rest may name folders and people."""
    if run is None:
        return None
    return {
        "kind": run.kind,
        "state": run.state,
        "trouble": run.trouble,
        "started_at": _moment(run.started_at),
        "finished_at": _moment(run.finished_at),
        "seconds": round(((run.finished_at or run.moved_at) - run.started_at).total_seconds(), 3),
        "total": run.total,
        "done": run.done,
        "stored": run.stored,
        "set_aside": run.set_aside,
        "result": _numbers(run.result)
        | {name: _numbers(run.result[name]) for name in COST if isinstance(run.result.get(name), dict)},
    }


def _numbers(result: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in result.items() if _is_number(value)}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _totals(accounts: list, rows: list[dict[str, Any]]) -> dict[str, int]:
    states = Counter(one.state for one in accounts)
    modes = Counter(row["mode"] for row in rows)
    return {
        "accounts": len(accounts),
        **{str(state): states[state] for state in EmailAccount.State.values},
        **{f"mode_{mode}": modes[mode] for mode in EmailAccount.Mode.values},
        **{name: sum(row[name] for row in rows) for name in ("at_work", "watched", "set_aside", "given_up")},
        "lookups": sum(row["lookups"] for row in rows),
        "longest_lag_seconds": max((row["lag_seconds"] or 0 for row in rows), default=0),
    }
