"""One round through a mailbox: every folder's newest mail, then new addresses' old mail, then the history."""

import logging
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime
from itertools import islice

from django.utils import timezone

from ..models import EmailAccount, Folder
from ..servers.imap import FolderGone, FolderState, ImapError, ProtocolTrouble
from . import places, plan, quarantine, scan, sweep
from .batch import Cursor
from .capture import sorting
from .fetch import Catch
from .folders import Renumbered, Seen, is_resting, refresh_folders
from .gather import Gatherer
from .lease import Lease
from .mailbox import Mailbox
from .progress import Progress

logger = logging.getLogger(__name__)

#: Batches of one folder's history before the other folders have their turn.
STRIDE = 5

#: Seconds between two looks at whether new mail was announced meanwhile.
LISTEN = 2.0


class ShiftOver(Exception):
    """There is more to read, and other accounts have their turn first."""


class Round:
    """A round at work. Raises ImapError, LeaseLost, OverBudget and ShiftOver; what was recorded until then
    stays. ``shift``: the seconds it may take before it makes room; None: as long as it takes.
    """

    def __init__(
        self,
        account: EmailAccount,
        mailbox: Mailbox,
        lease: Lease,
        progress: Progress,
        shift: float | None = None,
    ):
        self.account, self.mailbox, self.lease, self.progress = account, mailbox, lease, progress
        self.gatherer = Gatherer(account, mailbox, lease, progress)
        #: When new mail was announced last, as far as this round knows: it deals with that.
        self.announced: datetime | None = account.wanted_at
        self._folders: list[Folder] = []
        self._again: dict[int, list[int]] = {}
        self._troubles: list[ImapError] = []
        self._listened = time.monotonic()
        self._until = None if shift is None else self._listened + shift

    def run(self) -> None:
        """A folder the server answers nonsense about does not keep the others waiting; its trouble is
        raised at the end.
        """
        self._look()
        while sweep.begin(self.account, self.lease) and self._sweep():
            pass
        self._in_turn([folder for folder in self._folders if folder.scanned_from > 1], self._history)
        if self._troubles:
            raise self._troubles[0]

    def _look(self) -> None:
        """What came and what went, in every folder."""
        self._again = quarantine.due(self.account)
        with self.mailbox.meter.stage("list"):
            seen = refresh_folders(self.account, self.mailbox.session)
            now = timezone.now()
            busy = [one for one in seen if not is_resting(one.folder, now) and self._has_work(one)]
        self._folders = [one.folder for one in seen if not is_resting(one.folder, now)]
        for one in busy:
            self._visit(one.folder, self._recent)

    def _in_turn(self, folders: list[Folder], step: Callable[[Folder], bool]) -> None:
        """Each folder a stride at a time, until none has more; new mail goes first."""
        waiting = deque(folders)
        while waiting:
            folder = waiting.popleft()
            folder.refresh_from_db()
            # Its owner may have left it out meanwhile.
            if folder.synced and self._visit(folder, step):
                waiting.append(folder)
            if self._is_announced():
                self._look()
            if waiting and self._until is not None and time.monotonic() > self._until:
                raise ShiftOver

    def _visit(self, folder: Folder, step: Callable[[Folder], bool]) -> bool:
        """One step in one folder; False where nothing came of it."""
        try:
            with self.mailbox.meter.visit(folder):
                return step(folder)
        except FolderGone:
            logger.info("Folder %s of account %s went away.", folder.pk, self.account.pk)
        except ProtocolTrouble as error:
            self._troubles.append(error)
            self.mailbox.afresh(error)
        return False

    def _has_work(self, seen: Seen) -> bool:
        """Whether there is anything to do in the folder; counts it for the progress bar."""
        folder = seen.folder

        def ask(folder: Folder) -> bool:
            state = seen.state or self.mailbox.session.status(folder.name)
            if scan.is_complete(folder, state) and folder.pk not in self._again:
                return False
            self.progress.expect(scan.left(folder, state))
            return True

        return self._visit(folder, ask)

    def _open(self, folder: Folder) -> tuple[FolderState, int]:
        """Examine the folder and fit the cursor to it; returns its state and UIDNEXT."""
        state = self.mailbox.examine(folder)
        uidnext = state.uidnext or self._following(folder, state)
        known, former = folder.scanned_to > 0, folder.uidvalidity
        if scan.begin(folder, state, uidnext):
            self._again.pop(folder.pk, None)  # those numbers mean other messages now
            mark = Renumbered(former, uidnext) if known else Cursor(uidnext, uidnext)
            self.gatherer.record(folder, Catch(), mark)
        return state, uidnext

    def _following(self, folder: Folder, state: FolderState) -> int:
        """UIDNEXT, at a server that does not tell it. The highest message may have gone, under the same
        UIDVALIDITY; under another one the former numbers say nothing.
        """
        following = self.mailbox.session.highest_uid(state.exists) + 1
        return max(folder.scanned_to, following) if folder.uidvalidity == state.uidvalidity else following

    def _recent(self, folder: Folder) -> bool:
        """What was set aside, what came since, what went, and the first step into the history."""
        state, uidnext = self._open(folder)
        again = self._again.pop(folder.pk, [])
        for uid in again:
            self.gatherer.again(folder, uid)
        arrived = 0
        for batch in scan.new_mail(self.mailbox.find, folder, uidnext, state.exists):
            self.gatherer.batch(folder, batch)
            arrived += len(batch.uids)
        # What was kept may be stored now, and its message may have gone long ago.
        places.compare(self.mailbox, folder, state, None if again else arrived)
        for batch in islice(scan.history(self.mailbox.find, folder, state.exists), 1):
            self.gatherer.batch(folder, batch)
        return self._settled(folder)

    def _history(self, folder: Folder) -> bool:
        """Some batches of what was there before; returns whether there is more."""
        if folder.scanned_from <= 1:
            return False
        state, _ = self._open(folder)
        addresses = sorting.sought(self.account, plan.few_contacts())
        find = plan.finder(self.mailbox, state.exists, addresses)
        for batch in islice(scan.history(find, folder, state.exists), STRIDE):
            self.gatherer.batch(folder, batch)
        return not self._settled(folder)

    def _settled(self, folder: Folder) -> bool:
        """Whether the folder was read to its end; then its former numbers mean nothing any more."""
        if folder.scanned_from > 1:
            return False
        places.settle(folder)
        return True

    def _sweep(self) -> bool:
        """Walk the sweep that is under way; returns whether it came to its end."""
        addresses = sweep.addresses_of(self.account)

        def step(folder: Folder) -> bool:
            if folder.sweep_to is None:
                return False
            state, _ = self._open(folder)
            # A folder that turns out to be renumbered is read anew, by the addresses of now.
            return folder.sweep_to is not None and sweep.stride(
                self.gatherer, folder, state.exists, addresses
            )

        for folder in self._folders:
            folder.refresh_from_db(fields=["sweep_to"])
        self._in_turn([folder for folder in self._folders if folder.sweep_to is not None], step)
        return sweep.end(self.account, self.lease)

    def _is_announced(self) -> bool:
        """Whether somebody saw new mail since the last look."""
        if time.monotonic() - self._listened < LISTEN:
            return False
        self._listened = time.monotonic()
        wanted = EmailAccount.objects.filter(pk=self.account.pk).values_list("wanted_at", flat=True).first()
        if wanted is None or wanted == self.announced:
            return False
        self.announced = wanted
        return True
