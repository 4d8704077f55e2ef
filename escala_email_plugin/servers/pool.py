"""Connections kept open for the next turn: connecting and logging in costs more than a poll of the mailbox.

    with pool.session(server, credentials) as session:
        session.overview()

A connection belongs to one thread of one process at a time, and comes back only after work without trouble.
"""

import contextlib
import hashlib
import os
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.views.decorators.debug import sensitive_variables

from .credentials import Credentials
from .imap import ImapSession
from .server import Server

#: Idle connections a process keeps, the least recently used going first.
MOST = 64
#: Seconds after which one is asked whether it is still there, and how long it may take to say so.
CHECKED_AFTER = 30.0
PATIENCE = 5.0
#: Seconds after which an idle one is closed: many firewalls forget a connection after five minutes.
IDLE = 240.0

# A secret is known again by its hash under a key that lives and dies with the process.
_KEY = secrets.token_bytes(32)


@dataclass(frozen=True, slots=True)
class _Key:
    """Whose connection it is. Another password or token is another connection."""

    server: Server
    user: str
    method: str
    secret: bytes


@dataclass(frozen=True, slots=True)
class _Idle:
    key: _Key
    session: ImapSession
    since: float


class Pool:
    """Idle connections of this process, the longest idle first."""

    def __init__(self, most: int = MOST, idle: float = IDLE, checked_after: float = CHECKED_AFTER) -> None:
        self._most, self._seconds, self._checked_after = most, idle, checked_after
        self._begin()

    def session(
        self, server: Server, credentials: Credentials, *, deadline: float = 30.0
    ) -> contextlib.AbstractContextManager[ImapSession]:
        """An idle connection or a new one; given back at the end, closed where anything was raised.

        Its ``traffic`` counts this loan only. Raises ImapError where none can be opened. What the folder
        is that was open before is forgotten: ``examine`` first.
        """
        fresh = ImapSession(server, credentials, deadline=deadline)
        return self._lent(_key(server, credentials), fresh, deadline)

    def clear(self) -> None:
        """Close all idle connections."""
        with self._lock:
            idle, self._idle = self._idle, []
        _close(idle)

    def forget(self) -> None:
        """In a forked child: let go of the parent's connections without a word on them."""
        idle = self._idle
        self._begin()
        for one in idle:
            one.session.close()

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[_Idle] = []
        self._timer: threading.Timer | None = None

    @contextlib.contextmanager
    def _lent(self, key: _Key, fresh: ImapSession, deadline: float) -> Iterator[ImapSession]:
        session = self._take(key, deadline)
        if session is None:
            session = fresh
            session.lend(deadline)
            session.__enter__()
        else:
            fresh.close()  # and its secret with it
        process, good = os.getpid(), False
        try:
            yield session
            good = session.is_good()
        finally:
            if os.getpid() != process:
                session.close()
            elif good:
                self._give_back(key, session)
            else:
                session.__exit__(None, None, None)

    def _take(self, key: _Key, deadline: float) -> ImapSession | None:
        while one := self._youngest(key):
            age = time.monotonic() - one.since
            one.session.lend(deadline)
            if age < self._checked_after and one.session.is_quiet:
                return one.session
            if age < self._seconds and one.session.answers(PATIENCE):
                return one.session
            _close([one])
        return None

    def _youngest(self, key: _Key) -> _Idle | None:
        """Out of the list, so that nobody else finds it."""
        with self._lock:
            for at in reversed(range(len(self._idle))):
                if self._idle[at].key == key:
                    return self._idle.pop(at)
        return None

    def _give_back(self, key: _Key, session: ImapSession) -> None:
        session.take_back()
        with self._lock:
            self._idle.append(_Idle(key, session, time.monotonic()))
            excess = max(0, len(self._idle) - self._most)
            over, self._idle = self._idle[:excess], self._idle[excess:]
            self._watch()
        _close(over)

    def _watch(self) -> None:
        """Wake up when the longest idle one has been so for too long. Call it with the lock."""
        if self._idle and self._timer is None:
            left = self._idle[0].since + self._seconds - time.monotonic()
            self._timer = threading.Timer(max(0.0, left), self._sweep)
            self._timer.daemon = True
            self._timer.start()

    def _sweep(self) -> None:
        with self._lock:
            self._timer = None
            limit = time.monotonic() - self._seconds
            tired = [one for one in self._idle if one.since <= limit]
            self._idle = [one for one in self._idle if one.since > limit]
            self._watch()
        _close(tired)


@sensitive_variables()
def _key(server: Server, credentials: Credentials) -> _Key:
    digest = hashlib.blake2b(credentials.secret.encode(errors="surrogatepass"), key=_KEY).digest()
    return _Key(server, credentials.user, credentials.method, digest)


def _close(idle: list[_Idle]) -> None:
    for one in idle:
        one.session.__exit__(None, None, None)


_pool = Pool()
if hasattr(os, "register_at_fork"):  # where there is no fork, nobody is forked
    os.register_at_fork(after_in_child=_pool.forget)

#: The process's own pool, as functions.
session = _pool.session
clear = _pool.clear
