"""A busy mailbox is told of at once, and then only every other moment."""

#: Seconds between two syncs that one account's news may order.
CALM = 2.0


class Calm:
    """Who was told of lately. Times are seconds on the caller's clock."""

    def __init__(self) -> None:
        self._quiet: dict[int, float] = {}
        self._again: set[int] = set()

    def news(self, account_id: int, now: float) -> bool:
        """Whether to tell now; else ``due`` gives the account once its time has come."""
        if account_id in self._quiet:
            self._again.add(account_id)
            return False
        self._quiet[account_id] = now + CALM
        return True

    def due(self, now: float) -> list[int]:
        """The accounts that had further news and may be told of again."""
        over = [account_id for account_id, until in self._quiet.items() if until <= now]
        told = [account_id for account_id in over if account_id in self._again]
        for account_id in over:
            del self._quiet[account_id]
        for account_id in told:
            self._again.discard(account_id)
            self._quiet[account_id] = now + CALM
        return told

    def when(self) -> float:
        """When ``due`` has something to do next; infinity where nobody waits."""
        return min(self._quiet.values(), default=float("inf"))
