"""What the watcher reads from and writes to the database, in a thread of its own.

The loop goes on while the database is slow, locked or gone; what is to be written is tried again.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import islice
from typing import NamedTuple

from django.db import close_old_connections, connections, reset_queries
from django.utils import timezone

from ...batches import batches
from ...models import EmailAccount, Folder
from ...servers.imap_folders import FolderState
from ..beat import WATCHER, beat, leave
from ..lease import AT_WORK, READ
from ..scan import is_complete

logger = logging.getLogger(__name__)

#: Seconds from one look at the accounts to the next.
LOOK = 5.0
#: Seconds for which an account is said to be watched, and after which that is said again.
WATCHED = 180.0
REPEAT = 60.0
#: Seconds after which what the database refused is tried again.
RETRY = 1.0
#: Accounts written in one statement.
PART = 500

#: What a login needs to know.
_NEEDED = (
    *("imap_host", "imap_port", "imap_tls", "username"),
    *("provider", "secret", "access", "access_ends", "state", "next_try"),
)


class Changes(NamedTuple):
    """What a look at the accounts found: whom to watch from now on, and at which host; whom no more."""

    added: dict[int, str]
    dropped: list[int]
    #: All accounts that want to be watched, also those there is no room for.
    wanted: int


class Desk(threading.Thread):
    """Tells the loop whom to watch by ``changed``, and the worker what to synchronise by ``enqueue``.

    Both are called in this thread. ``most``: the accounts there is room for.
    """

    def __init__(
        self, enqueue: Callable[[int], object], changed: Callable[[Changes], None], most: int
    ) -> None:
        super().__init__(name="escala-email-watch-desk", daemon=True)
        self._enqueue, self._changed, self._most = enqueue, changed, most
        self._papers: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._known: dict[int, int] = {}
        #: Who changed, and is to be synchronised.
        self._news: set[int] = set()
        #: Who began to idle, and how the folder looked then.
        self._begun: dict[int, tuple[str, FolderState]] = {}
        #: Whose row is to be read, and for whom: each is answered once, also where two ask for the same.
        self._fetching: list[tuple[int, Callable[[EmailAccount | None], object]]] = []
        self._held: set[int] = set()
        self._lost: set[int] = set()
        self._look_at = self._repeat_at = 0.0
        self._in_trouble = False

    def news(self, account_id: int) -> None:
        """The account is to be synchronised at once."""
        self._papers.put(lambda: self._news.add(account_id))

    def fetch(self, account_id: int, use: Callable[[EmailAccount | None], object]) -> None:
        """Read the account and hand it to ``use``, in this thread; None where it is gone."""
        self._papers.put(lambda: self._fetching.append((account_id, use)))

    def held(self, account_id: int, folder: str, state: FolderState) -> None:
        """The account idles from now on; ``state`` is the folder's when it began."""
        self._papers.put(lambda: self._hold(account_id, folder, state))

    def lost(self, account_id: int) -> None:
        """The account does not idle any more."""
        self._papers.put(lambda: self._lose(account_id))

    def close(self, seconds: float) -> None:
        """Say that nobody is watched any more, and end; wait at most ``seconds`` for that."""
        self._papers.put(None)
        self.join(seconds)

    def run(self) -> None:
        try:
            while self._read_papers():
                self._work()
            self._say_until(self._held | self._lost, None)
            leave(WATCHER)
        except Exception as error:
            logger.warning("The end of watching could not be written down: %s.", type(error).__name__)
        finally:
            connections.close_all()

    def _read_papers(self) -> bool:
        """Wait for something to do and take all of it; False once the desk closes."""
        timeout = max(self._look_at - time.monotonic(), 0.0)
        try:
            while True:
                paper = self._papers.get(timeout=timeout)
                if paper is None:
                    return False
                paper()
                timeout = 0.0
        except queue.Empty:
            return True

    def _work(self) -> None:
        try:
            self._tell()
            self._fetch()
            if time.monotonic() >= self._look_at:
                self._look()
        except Exception as error:
            # Whatever it is (a lost connection, a lock, a queue that is down), it must not end the watch.
            name = type(error).__name__
            self._look_at = time.monotonic() + RETRY
            if not self._in_trouble:
                logger.warning("The database or the queue is in trouble, and is asked again: %s.", name)
            logger.debug("What happened:", exc_info=True)
            self._in_trouble = True
        else:
            if self._in_trouble:
                logger.warning("Database and queue answer again.")
            self._in_trouble = False
        finally:
            close_old_connections()
            reset_queries()  # kept without end where DEBUG is on

    def _tell(self) -> None:
        """First the news: everything else can wait."""
        while self._news:
            part = list(islice(self._news, PART))
            now = timezone.now()
            rows = EmailAccount.objects.filter(pk__in=part)
            rows.update(wanted_at=now)
            waiting = set(
                rows.filter(state=EmailAccount.State.WAITING, next_try__gt=now).values_list("pk", flat=True)
            )
            for account_id in part:
                # Who waits for its provider is wanted all the same, when its time has come.
                if account_id not in waiting:
                    self._enqueue(account_id)
                self._news.discard(account_id)

    def _fetch(self) -> None:
        if self._fetching:
            accounts = EmailAccount.objects.only(*_NEEDED).in_bulk([one for one, _use in self._fetching])
            while self._fetching:
                account_id, use = self._fetching.pop()
                use(accounts.get(account_id))

    def _look(self) -> None:
        self._compare()
        self._say_until(self._lost, None)
        self._lost.clear()
        if time.monotonic() >= self._repeat_at:
            self._say_until(self._held, WATCHED)
            beat(WATCHER)
            self._repeat_at = time.monotonic() + REPEAT
        self._compare_begun()
        self._look_at = time.monotonic() + LOOK

    def _compare(self) -> None:
        """Who is to be watched, against who was; an account with another server or secret is another one."""
        seen: dict[int, int] = {}
        hosts: dict[int, str] = {}
        wanted = 0
        for account_id, host, signature in _to_watch():
            wanted += 1
            if wanted > self._most:
                continue
            seen[account_id] = signature
            if self._known.get(account_id) != signature:
                hosts[account_id] = host
        dropped = [one for one in self._known if one in hosts or one not in seen]
        self._known = seen
        self._changed(Changes(hosts, dropped, wanted))

    def _compare_begun(self) -> None:
        """What came while nobody watched is news as well."""
        for part in batches(list(self._begun), PART):
            self._say_until(part, WATCHED)
            folders = {
                (folder.account_id, folder.name): folder for folder in Folder.objects.filter(account__in=part)
            }
            for account_id in part:
                name, state = self._begun.pop(account_id)
                folder = folders.get((account_id, name))
                if folder is None or not is_complete(folder, state):
                    self._news.add(account_id)
        self._tell()

    def _hold(self, account_id: int, folder: str, state: FolderState) -> None:
        self._held.add(account_id)
        self._lost.discard(account_id)
        self._begun[account_id] = folder, state

    def _lose(self, account_id: int) -> None:
        self._held.discard(account_id)
        self._begun.pop(account_id, None)
        self._lost.add(account_id)

    def _say_until(self, account_ids: Iterable[int], seconds: float | None) -> None:
        until = timezone.now() + timedelta(seconds=seconds) if seconds else None
        for part in batches(list(account_ids), PART):
            EmailAccount.objects.filter(pk__in=part).update(watched_until=until)


def _to_watch() -> Iterable[tuple[int, str, int]]:
    """(id, host, signature) of the accounts that are synchronised, in an order that stays the same."""
    rows = (
        EmailAccount.objects.filter(READ, state__in=AT_WORK, mode=EmailAccount.Mode.TOTAL)
        .order_by("pk")
        .values_list(
            "pk", "provider", "granted_at", "secret", "imap_host", "imap_port", "imap_tls", "username"
        )
    )
    for account_id, provider, granted_at, secret, *server in rows.iterator(chunk_size=PART):
        # A refresh token may be another one each hour, which is no reason to connect anew.
        opens = granted_at if provider else secret
        yield account_id, server[0], hash((provider, opens, *server))
