"""Synchronise one account: the whole way in, from the lease to the last folder."""

import logging
from collections.abc import Callable
from itertools import islice

from ..models import EmailAccount, Folder
from ..servers.imap import FolderGone, ImapError, ProtocolTrouble
from ..servers.secrets import SecretUnreadable
from . import quarantine, scan, trouble
from .batch import Cursor
from .fetch import Catch
from .folders import refresh_folders, renumbered
from .gather import Gatherer
from .lease import Lease, LeaseLost, claim
from .mailbox import Mailbox
from .progress import Progress, close_abandoned

logger = logging.getLogger(__name__)


def sync_account(account_id: int) -> bool:
    """Bring in what the account's contacts wrote and were written. Returns whether it came to the end.

    Nothing happens where another worker holds the account or it is switched off. Failures
    are written to the account (``trouble``), never raised: other accounts go on.
    """
    lease = claim(account_id)
    if lease is None:
        return False
    account = EmailAccount.objects.get(pk=account_id)
    progress, code = Progress(account), ""
    try:
        close_abandoned(account)
        with Mailbox(account, lease.keep) as mailbox:
            _Sync(account, mailbox, lease, progress).run()
    except LeaseLost:
        code = "interrupted"
    except (ImapError, SecretUnreadable) as error:
        code = trouble.failed(account, error)
    except Exception as error:
        logger.exception("The synchronisation of account %s failed.", account_id)
        code = trouble.failed(account, error)
    else:
        trouble.succeeded(account)
    finally:
        try:
            progress.ended(code)
        finally:
            lease.release()
    return not code


class _Sync:
    """One sync at work: every folder's newest mail first, then every folder's history."""

    def __init__(self, account: EmailAccount, mailbox: Mailbox, lease: Lease, progress: Progress):
        self.account, self.mailbox, self.progress = account, mailbox, progress
        self.gatherer = Gatherer(account, mailbox, lease, progress)
        self.again: dict[int, list[int]] = {}
        self.troubles: list[ImapError] = []

    def run(self) -> None:
        """Raises ImapError and LeaseLost; what was recorded until then stays.

        A folder the server answers nonsense about does not keep the others waiting; its trouble is
        raised at the end.
        """
        self.again = quarantine.due(self.account)
        listed = refresh_folders(self.account, self.mailbox.session)
        folders = [folder for folder in listed if self._visit(folder, self._has_work)]
        for step in (self._recent, self._history):
            for folder in folders:
                self._visit(folder, step)
        if self.troubles:
            raise self.troubles[0]

    def _visit(self, folder: Folder, step: Callable[[Folder], bool]) -> bool:
        """One step in one folder; False where nothing came of it."""
        try:
            return step(folder)
        except FolderGone:
            logger.info("Folder %s of account %s went away.", folder.pk, self.account.pk)
        except ProtocolTrouble as error:
            self.troubles.append(error)
            self.mailbox.again(error)
        return False

    def _has_work(self, folder: Folder) -> bool:
        """Whether there is anything to do in the folder; counts it for the progress bar."""
        state = self.mailbox.session.status(folder.name)
        if scan.is_complete(folder, state) and folder.pk not in self.again:
            return False
        self.progress.expect(scan.left(folder, state))
        return True

    def _open(self, folder: Folder) -> int:
        """Examine the folder and fit the cursor to it; returns UIDNEXT."""
        state = self.mailbox.examine(folder)
        uidnext = state.uidnext or self._highest(folder) + 1
        if scan.begin(folder, state, uidnext):
            self.again.pop(folder.pk, None)  # those numbers mean other messages now
            # Before the new numbering is stored: a worker that dies in between does it again.
            renumbered(folder)
            self.gatherer.record(folder, Catch(), Cursor(uidnext, uidnext))
        return uidnext

    def _highest(self, folder: Folder) -> int:
        """The highest UID, of a server that does not tell UIDNEXT."""
        low = max(folder.scanned_to, 1)
        return max(self.mailbox.session.uids(low, 2**32 - 1), default=low - 1)

    def _recent(self, folder: Folder) -> bool:
        """What was set aside, what came since, and the first step into the history."""
        uidnext = self._open(folder)
        for uid in self.again.get(folder.pk, []):
            self.gatherer.again(folder, uid)
        for batch in scan.new_mail(self.mailbox, folder, uidnext):
            self.gatherer.batch(folder, batch)
        for batch in islice(scan.history(self.mailbox, folder), 1):
            self.gatherer.batch(folder, batch)
        return True

    def _history(self, folder: Folder) -> bool:
        if folder.scanned_from > 1:
            self._open(folder)
        for batch in scan.history(self.mailbox, folder):
            self.gatherer.batch(folder, batch)
        return True
