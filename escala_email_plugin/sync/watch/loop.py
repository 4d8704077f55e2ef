"""The loop that holds every connection."""

import logging
import selectors
import time
from collections.abc import Callable
from functools import partial

from ...servers.errors import ImapError, Throttled, Unreachable
from ...servers.imap_idle import Idler
from ...servers.imap_takeover import Opened
from . import open_files
from .calm import Calm
from .desk import Changes, Desk
from .inbox import Inbox
from .opening import Opening, Outcome
from .pauses import NO_IDLE, STEADY, pause
from .turns import Turns

logger = logging.getLogger(__name__)

#: Seconds between two looks at what is due: renewals after minutes, answers after half a minute.
TICK = 1.0
#: Seconds that a stop may wait for the database.
FAREWELL = 1.5


class _Watched:
    """An account that is to be watched. Its ``idler`` is None while it is not connected."""

    __slots__ = ("account_id", "failures", "host", "idler", "since")

    def __init__(self, account_id: int, host: str) -> None:
        self.account_id, self.host = account_id, host
        self.idler: Idler | None = None
        self.failures = 0
        self.since = 0.0


class Watcher:
    """Holds IDLE for every account that is synchronised.

    ``enqueue(account_id)`` orders a sync and returns soon; it is called in a thread of its own. ``say``
    takes sentences for whoever started the watcher.
    """

    def __init__(self, enqueue: Callable[[int], object], say: Callable[[str], object] = logger.info) -> None:
        self._say = say
        self._inbox = Inbox()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._inbox, selectors.EVENT_READ)
        self._most = open_files.room()
        self._desk = Desk(
            enqueue, lambda changes: self._inbox.put(partial(self._change, changes)), self._most
        )
        self._opening = Opening()
        self._turns = Turns()
        self._calm = Calm()
        self._watched: dict[int, _Watched] = {}
        self._idling: dict[int, _Watched] = {}
        self._without_idle: set[str] = set()
        self._said = ""
        self._wanted: int | None = None
        self._stopping = False

    def stop(self) -> None:
        """End ``run`` within two seconds. May be called in a signal handler or another thread."""
        self._inbox.put(self._stop)

    def run(self) -> None:
        """Watch until ``stop``."""
        self._desk.start()
        tick_at = 0.0
        try:
            while not self._stopping:
                for key, _events in self._selector.select(self._pause(tick_at)):
                    if key.data is None:
                        self._inbox.empty()
                    else:
                        self._guarded(key.data, Idler.read)
                now = time.monotonic()
                self._connect(now)
                for account_id in self._calm.due(now):
                    self._desk.news(account_id)
                if now >= tick_at:
                    tick_at = now + TICK
                    self._tick(now)
        finally:
            self._leave()

    def _pause(self, tick_at: float) -> float:
        now = time.monotonic()
        return max(min(tick_at, self._calm.when(), self._turns.when(now)) - now, 0.0)

    def _stop(self) -> None:
        self._stopping = True

    def _tick(self, now: float) -> None:
        for watched in [one for one in self._idling.values() if one.idler.due <= now]:
            self._guarded(watched, Idler.turn)
        self._report()

    def _report(self) -> None:
        """Say how many are watched, when that has changed."""
        if self._wanted is None:
            return
        sentence = f"Watching {len(self._idling)} of {self._wanted} mailboxes."
        if sentence != self._said:
            self._said = sentence
            self._say(sentence)

    def _change(self, changes: Changes) -> None:
        """The accounts are others now."""
        for account_id in changes.dropped:
            self._drop(account_id)
        now = time.monotonic()
        for account_id, host in changes.added.items():
            self._watched[account_id] = _Watched(account_id, host)
            self._turns.ask(account_id, host, now)
        if changes.wanted != self._wanted and changes.wanted > self._most:
            logger.warning("%s", open_files.advice(self._most, changes.wanted))
        self._wanted = changes.wanted
        self._report()

    def _drop(self, account_id: int) -> None:
        watched = self._watched.pop(account_id)
        self._turns.give_up(account_id)
        if watched.idler is not None:
            self._forget(watched).leave()

    def _connect(self, now: float) -> None:
        """Begin the connections whose turn it is: the desk reads the account, a thread logs in."""
        while (account_id := self._turns.take(now)) is not None:
            watched = self._watched[account_id]

            def done(outcome: Outcome, watched: _Watched = watched) -> None:
                self._inbox.put(partial(self._opened, watched, outcome))

            self._desk.fetch(account_id, partial(self._opening.begin, done=done))

    def _opened(self, watched: _Watched, outcome: Outcome) -> None:
        now = time.monotonic()
        self._turns.ended(watched.host, now, _reached(outcome))
        if self._watched.get(watched.account_id) is not watched:
            if isinstance(outcome, Opened):  # the account was dropped, or changed, meanwhile
                outcome.sock.close()
        elif isinstance(outcome, Opened):
            self._hold(watched, outcome, now)
        elif outcome is None:
            self._leave_to_polling(watched, now)
        else:
            self._failed(watched, outcome, now)

    def _hold(self, watched: _Watched, opened: Opened, now: float) -> None:
        watched.idler, watched.since = Idler(opened), now
        self._idling[watched.account_id] = watched
        self._selector.register(opened.sock, selectors.EVENT_READ, watched)
        self._desk.held(watched.account_id, opened.folder, opened.state)
        self._guarded(watched, Idler.begin)

    def _guarded(self, watched: _Watched, step: Callable[[Idler, float], bool | None]) -> None:
        """Let the connection take a step. Its trouble is its own."""
        now = time.monotonic()
        try:
            news = watched.idler is not None and step(watched.idler, now)
        except Exception as error:
            if not isinstance(error, ImapError):
                logger.exception("Watching account %s failed.", watched.account_id)
            self._forget(watched).close()
            if now - watched.since >= STEADY:
                watched.failures = 0
            self._failed(watched, error, now)
        else:
            if news and self._calm.news(watched.account_id, now):
                self._desk.news(watched.account_id)

    def _forget(self, watched: _Watched) -> Idler:
        """The connection is no longer held; returns it."""
        idler, watched.idler = watched.idler, None
        self._selector.unregister(idler.sock)
        del self._idling[watched.account_id]
        self._desk.lost(watched.account_id)
        return idler

    def _failed(self, watched: _Watched, error: Exception, now: float) -> None:
        watched.failures += 1
        seconds = pause(error, watched.failures)
        code = getattr(error, "code", type(error).__name__)
        if seconds is None:
            logger.info("Account %s is not watched until it changes: %s.", watched.account_id, code)
        else:
            logger.debug("Account %s is connected again in %.0f s: %s.", watched.account_id, seconds, code)
            self._turns.ask(watched.account_id, watched.host, now + seconds)

    def _leave_to_polling(self, watched: _Watched, now: float) -> None:
        if watched.host not in self._without_idle:
            self._without_idle.add(watched.host)
            logger.info("%s has no IDLE: its mailboxes are polled.", watched.host)
        self._turns.ask(watched.account_id, watched.host, now + NO_IDLE)

    def _leave(self) -> None:
        self._opening.close()
        for watched in self._idling.values():
            watched.idler.leave()
        self._desk.close(FAREWELL)
        self._selector.close()
        self._inbox.close()


def _reached(outcome: Outcome) -> bool | None:
    """Whether the host took the connection; None where it was not even asked."""
    if isinstance(outcome, Opened | None):
        return True
    return not isinstance(outcome, Unreachable | Throttled) if isinstance(outcome, ImapError) else None
