"""How far a sync is, in a Run row that people can watch."""

from django.utils import timezone

from ..models import EmailAccount, Run


class Progress:
    """The Run of one sync. It is written only once there is something to do: quiet polls leave no trace."""

    def __init__(self, account: EmailAccount):
        self._account = account
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
        run.save()
        self._run = run

    def ended(self, trouble: str = "") -> None:
        """The sync is over, well or with a trouble's code."""
        run = self._run
        if run is None:
            return
        # Not save(): the account may have been deleted meanwhile, and its runs with it.
        Run.objects.filter(pk=run.pk).update(
            state=Run.State.FAILED if trouble else Run.State.DONE,
            trouble=trouble,
            finished_at=timezone.now(),
            total=run.total if trouble else run.done,
        )


def close_abandoned(account: EmailAccount) -> None:
    """Runs of a worker that died; only the lease's holder may say so."""
    account.runs.filter(state=Run.State.RUNNING).update(
        state=Run.State.FAILED, trouble="interrupted", finished_at=timezone.now()
    )
