"""How far a sync is, in a Run row that people can watch."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from ..models import EmailAccount, Run
from .meter import Meter

#: How a run ends that another worker takes up: it is as if it went on.
PAUSED = "paused"

#: How long an ended run is kept.
KEPT = timedelta(days=90)

#: A paused run that nobody took up for so long was abandoned.
TAKEN_UP_WITHIN = timedelta(minutes=15)


class Progress:
    """The Run of one sync. It is written only once there is something to do: quiet polls leave no trace."""

    def __init__(self, account: EmailAccount, meter: Meter | None = None):
        self._account, self._meter = account, meter or Meter()
        self._run: Run | None = None
        self.total = 0

    def expect(self, messages: int) -> None:
        """So many messages more are to be looked at."""
        self.total += messages

    def moved(self, looked_at: int, stored: int, set_aside: int) -> None:
        """Count a batch that is recorded."""
        run = self._run or self._taken_up() or Run(kind=Run.Kind.SYNC, account=self._account)
        run.done += looked_at
        run.stored += stored
        run.set_aside += set_aside
        run.total = max(self.total, run.done)
        run.result = self._meter.told()
        run.save()
        self._run = run

    def _taken_up(self) -> Run | None:
        """The run that was paused, which goes on now."""
        paused = self._account.runs.filter(kind=Run.Kind.SYNC, state=Run.State.RUNNING).first()
        if paused is not None:
            self.total += paused.done
        return paused

    def ended(self, trouble: str = "") -> None:
        """The sync is over: well, with a trouble's code, "cancelled" by somebody, or "paused"."""
        run = self._run
        if run is None:
            return
        rows = Run.objects.filter(pk=run.pk)  # not save(): account and runs may have been deleted meanwhile
        if trouble == PAUSED:
            rows.update(result={**self._meter.told(), PAUSED: True})
            return
        cancelled = trouble == Run.State.CANCELLED
        state = Run.State.CANCELLED if cancelled else Run.State.FAILED if trouble else Run.State.DONE
        rows.update(
            state=state,
            trouble="" if cancelled else trouble,
            finished_at=timezone.now(),
            total=run.total if trouble else run.done,
            result=self._meter.told(),
        )


def close_abandoned(account: EmailAccount) -> None:
    """Runs of a worker that died; only the lease's holder may say so."""
    now = timezone.now()
    running = account.runs.filter(state=Run.State.RUNNING)
    waiting = [run.pk for run in running if PAUSED in run.result and run.moved_at > now - TAKEN_UP_WITHIN]
    running.exclude(pk__in=waiting).update(state=Run.State.FAILED, trouble="interrupted", finished_at=now)


def tidy() -> int:
    """Remove what ended long ago, but for each account's last audit; returns how many runs went."""
    ended = Run.objects.filter(finished_at__lt=timezone.now() - KEPT)
    later = Run.objects.filter(account=OuterRef("account"), kind=Run.Kind.AUDIT, pk__gt=OuterRef("pk"))
    last_audit = Q(kind=Run.Kind.AUDIT) & ~Exists(later)
    return ended.exclude(pk__in=ended.filter(last_audit).values("pk")).delete()[0]
