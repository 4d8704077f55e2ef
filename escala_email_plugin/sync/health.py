"""How the synchronisation of all mailboxes is, for monitoring: no secret, nobody's correspondents."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from ..models import Beat, EmailAccount, Lookup, Quarantined, Run
from .lease import READ
from .needs import is_held, is_silent, is_wanted, needs
from .quarantine import ATTEMPTS

#: What a run tells by stage and of its connection; by folder it tells too, but not to everybody.
COST = ("stages", "traffic")

#: Nobody needs them to know how a mailbox is.
KEPT_BACK = ("secret", "access", "signature")


@dataclass(frozen=True)
class Row:
    """A mailbox: its account with ``set_aside``, ``given_up`` and ``lookups_left``, and how it is.

    ``run``: the newest one that was no audit; ``audit``: the newest that came to its end; ``needs``: the
    codes of what needs a person (``needs.needs``).
    """

    account: Any
    run: Run | None
    audit: Run | None
    needs: list[str]
    at_work: bool
    watched: bool

    @property
    def is_connected(self) -> bool:
        return self.account.state != EmailAccount.State.DISCONNECTED


@dataclass(frozen=True)
class Report:
    """How everything is at the moment ``at``. ``beats``: when worker and watcher last showed themselves."""

    at: datetime
    rows: list[Row]
    beats: dict[str, datetime] = field(default_factory=dict)

    @property
    def connected(self) -> list[Row]:
        """The mailboxes that are connected, in whatever state."""
        return [row for row in self.rows if row.is_connected]

    @property
    def is_worker_silent(self) -> bool:
        """Whether there is work, and no worker showed itself for minutes."""
        rows = self.connected
        return bool(rows) and is_silent(self.beats.get("worker"), any(row.at_work for row in rows), self.at)


def report() -> Report:
    """All mailboxes but those being erased, in three queries."""
    now = timezone.now()
    accounts = list(_accounts())
    runs = Run.objects.in_bulk({pk for one in accounts for pk in (one.newest_run, one.newest_audit) if pk})
    rows = [_row(one, runs.get(one.newest_run), runs.get(one.newest_audit), now) for one in accounts]
    return Report(now, rows, dict(Beat.objects.values_list("name", "at")))


def health() -> dict[str, Any]:
    """Every mailbox that is connected, the totals, and what needs a person; in three queries.

    ``accounts``: a row each. ``needs_a_person``: ``{"account": id, "why": code}`` by the codes of
    ``needs.needs``, and ``{"account": None, "why": "worker_silent"}`` where no worker runs. ``ok``: there is
    none. Moments are ISO 8601, everything else that is measured is in seconds.
    """
    found = report()
    troubled = [{"account": row.account.pk, "why": why} for row in found.connected for why in row.needs]
    if found.is_worker_silent:
        troubled.append({"account": None, "why": "worker_silent"})
    rows = [_told(row, found.at) for row in found.connected]
    return {
        "at": found.at.isoformat(),
        "ok": not troubled,
        "needs_a_person": troubled,
        "beats": {name: _moment(found.beats.get(name)) for name in ("worker", "watcher")},
        "totals": _totals(found.rows, rows),
        "accounts": rows,
    }


def _accounts() -> QuerySet:
    aside = Quarantined.objects.filter(folder__account=OuterRef("pk")).order_by()
    lookups = Lookup.objects.filter(account=OuterRef("pk")).order_by()
    newest = Run.objects.filter(account=OuterRef("pk")).order_by("-started_at", "-pk").values("pk")
    accounts = EmailAccount.objects.filter(erase_at=None).defer(*KEPT_BACK).select_related("owner")
    return accounts.annotate(
        is_read=ExpressionWrapper(READ, output_field=BooleanField()),
        set_aside=_number(aside.values("folder__account")),
        given_up=_number(aside.filter(attempts__gte=ATTEMPTS).values("folder__account")),
        lookups_left=_number(lookups.values("account")),
        newest_run=Subquery(newest.exclude(kind=Run.Kind.AUDIT)[:1]),
        newest_audit=Subquery(newest.filter(kind=Run.Kind.AUDIT, finished_at__isnull=False)[:1]),
    ).order_by("pk")


def _number(grouped: QuerySet) -> Coalesce:
    return Coalesce(Subquery(grouped.annotate(number=Count("pk")).values("number")), 0)


def _row(account: Any, run: Run | None, audit: Run | None, now: datetime) -> Row:
    watched = bool(account.watched_until and account.watched_until > now)
    return Row(account, run, audit, list(needs(account, audit, now)), is_held(account, now), watched)


def _told(row: Row, now: datetime) -> dict[str, Any]:
    account = row.account
    return {
        "id": account.pk,
        "kind": account.kind,
        "address": account.address,
        "provider": account.provider,
        "state": account.state,
        "state_since": _moment(account.state_since),
        "trouble": account.trouble,
        "mode": account.mode,
        "last_success": _moment(account.last_success),
        "lag_seconds": _lag(account, now),
        "next_try": _moment(account.next_try),
        "failures": account.failures,
        "access_ends": _moment(account.access_ends),
        "grant_ends": _moment(account.grant_ends),
        "at_work": row.at_work,
        "watched": row.watched,
        "set_aside": account.set_aside,
        "given_up": account.given_up,
        "lookups": account.lookups_left,
        "last_run": _run(row.run),
        "last_audit": _run(row.audit),
    }


def _lag(account: Any, now: datetime) -> int | None:
    """Seconds since it was read to the end; None where it never was, or is not to be."""
    if account.last_success is None or not is_wanted(account):
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


def _totals(everyone: list[Row], rows: list[dict[str, Any]]) -> dict[str, int]:
    states = Counter(one.account.state for one in everyone)
    modes = Counter(row["mode"] for row in rows)
    return {
        "accounts": len(everyone),
        **{str(state): states[state] for state in EmailAccount.State.values},
        **{f"mode_{mode}": modes[mode] for mode in EmailAccount.Mode.values},
        **{name: sum(row[name] for row in rows) for name in ("at_work", "watched", "set_aside", "given_up")},
        "lookups": sum(row["lookups"] for row in rows),
        "longest_lag_seconds": max((row["lag_seconds"] or 0 for row in rows), default=0),
    }
