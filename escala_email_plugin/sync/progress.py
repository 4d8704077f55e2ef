"""How far a sync is, in a Run row that people can watch."""

from django.utils import timezone

from ..models import EmailAccount, Run
from .meter import Meter


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
        run = self._run or Run(kind=Run.Kind.SYNC, account=self._account)
        run.done += looked_at
        run.stored += stored
        run.set_aside += set_aside
        run.total = max(self.total, run.done)
        run.result = self._meter.told()
        run.save()
        self._run = run

    def ended(self, trouble: str = "") -> None:
        """The sync is over: well, with a trouble's code, or "cancelled" by somebody."""
        run = self._run
        if run is None:
            return
        cancelled = trouble == Run.State.CANCELLED
        state = Run.State.CANCELLED if cancelled else Run.State.FAILED if trouble else Run.State.DONE
        # Not save(): the account may have been deleted meanwhile, and its runs with it.
        Run.objects.filter(pk=run.pk).update(
            state=state,
            trouble="" if cancelled else trouble,
            finished_at=timezone.now(),
            total=run.total if trouble else run.done,
            result=self._meter.told(),
        )


def close_abandoned(account: EmailAccount) -> None:
    """Runs of a worker that died; only the lease's holder may say so."""
    account.runs.filter(state=Run.State.RUNNING).update(
        state=Run.State.FAILED, trouble="interrupted", finished_at=timezone.now()
    )
