"""Whose turn it is to connect: bounded altogether, for each host, and by the second."""

import heapq
import itertools
import random
from collections import deque

#: Connections being opened at once, altogether and to one host.
MOST = 8
MOST_OF_A_HOST = 4
#: Seconds from the beginning of one to the beginning of the next.
SPACING = 0.01
#: Seconds a host that cannot be reached is left alone, the first time and at most. One account asks for all.
HOST_PAUSE = (2.0, 300.0)


class _Host:
    __slots__ = ("failures", "not_before", "opening", "waiting")

    def __init__(self) -> None:
        self.waiting: deque[tuple[int, int]] = deque()
        self.opening = 0
        self.failures = 0
        self.not_before = 0.0

    def lets_in(self, now: float) -> bool:
        most = 1 if self.failures else MOST_OF_A_HOST
        return bool(self.waiting) and self.opening < most and self.not_before <= now

    def answered(self, well: bool, now: float) -> None:
        self.failures = 0 if well else self.failures + 1
        first, longest = HOST_PAUSE
        pause = min(first * 2 ** min(self.failures - 1, 20), longest) if self.failures else 0.0
        self.not_before = now + pause * random.uniform(0.75, 1.25)  # noqa: S311 (jitter, not a secret)


class Turns:
    """The queue before the hosts. Times are seconds on the caller's clock."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = {}
        self._tickets = itertools.count()
        #: The ticket of who waits; other tickets in the queues belong to who gave up.
        self._asked: dict[int, int] = {}
        self._later: list[tuple[float, int, int, str]] = []
        self._opening = 0
        self._next = 0.0

    def ask(self, account_id: int, host: str, at: float) -> None:
        """The account wants to connect to ``host`` from ``at`` on."""
        ticket = self._asked[account_id] = next(self._tickets)
        heapq.heappush(self._later, (at, ticket, account_id, host))

    def give_up(self, account_id: int) -> None:
        """The account does not want to connect any more."""
        self._asked.pop(account_id, None)

    def take(self, now: float) -> int | None:
        """An account that is to connect now, if there is one. ``ended`` must be called for it."""
        self._queue(now)
        if self._opening >= MOST or now < self._next:
            return None
        for name, host in self._hosts.items():
            while host.lets_in(now):
                ticket, account_id = host.waiting.popleft()
                if self._asked.get(account_id) == ticket:
                    self._begin(name, account_id, now)
                    return account_id
        return None

    def ended(self, host_name: str, now: float, reached: bool | None) -> None:
        """A connection stands, or failed. ``reached``: whether the host took it; None: it was not asked."""
        host = self._hosts[host_name]
        self._opening -= 1
        host.opening -= 1
        if reached is not None:
            host.answered(reached, now)
        if not (host.waiting or host.opening or host.failures):
            del self._hosts[host_name]

    def when(self, now: float) -> float:
        """When ``take`` may have something to give, as far as that can be told; infinity where it cannot."""
        if self._opening < MOST and any(host.lets_in(now) for host in self._hosts.values()):
            return max(self._next, now)
        return self._later[0][0] if self._later else float("inf")

    def _queue(self, now: float) -> None:
        while self._later and self._later[0][0] <= now:
            _at, ticket, account_id, host = heapq.heappop(self._later)
            if self._asked.get(account_id) == ticket:
                self._hosts.setdefault(host, _Host()).waiting.append((ticket, account_id))

    def _begin(self, name: str, account_id: int, now: float) -> None:
        del self._asked[account_id]
        self._next = now + SPACING
        self._opening += 1
        # To the end of the line: a host with many accounts does not keep the others waiting.
        host = self._hosts[name] = self._hosts.pop(name)
        host.opening += 1
