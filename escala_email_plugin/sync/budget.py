"""How much an account may ask of its provider in an hour.

Providers lock out who downloads too much or asks too often. The hour's share is kept on the account's row, so
that all workers draw on one.
"""

from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from .. import conf
from ..models import EmailAccount
from ..servers.imap import Traffic


class OverBudget(Exception):
    """The hour's share is used up; ``retry_after``: the seconds until the next hour."""

    code = "budget"

    def __init__(self, retry_after: int):
        super().__init__(self.code)
        self.retry_after = retry_after


class Budget:
    """What is left of an account's hour while somebody works on it."""

    def __init__(self, account: EmailAccount):
        self._account = account
        self._hour = _hour(timezone.now())
        same = account.budget_hour == self._hour
        self._before = (account.budget_commands, account.budget_bytes) if same else (0, 0)
        self._commands = self._bytes = self._saved_commands = self._saved_bytes = 0

    def spent(self, traffic: Traffic) -> None:
        """Take note of a connection's traffic since the last call. Raises OverBudget."""
        self._commands += traffic.commands
        self._bytes += traffic.bytes_in + traffic.bytes_out
        now = timezone.now()
        if _hour(now) != self._hour:
            self.save()
            self._hour, self._before = _hour(now), (0, 0)
            self._commands = self._bytes = self._saved_commands = self._saved_bytes = 0
        limits = (conf.get("COMMANDS_PER_HOUR"), conf.get("BYTES_PER_HOUR"))
        used = (self._before[0] + self._commands, self._before[1] + self._bytes)
        if any(limit and one > limit for one, limit in zip(used, limits, strict=True)):
            raise OverBudget(int((self._hour + timedelta(hours=1) - now).total_seconds()) + 1)

    def save(self) -> None:
        """Store what was spent since the last time."""
        commands, size = self._commands - self._saved_commands, self._bytes - self._saved_bytes
        if not commands and not size:
            return
        rows = EmailAccount.objects.filter(pk=self._account.pk)
        same = rows.filter(budget_hour=self._hour).update(
            budget_commands=F("budget_commands") + commands, budget_bytes=F("budget_bytes") + size
        )
        if not same:
            rows.update(budget_hour=self._hour, budget_commands=commands, budget_bytes=size)
        self._saved_commands, self._saved_bytes = self._commands, self._bytes


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
