"""Synchronise one account: the whole way in, from the lease to the last folder."""

import logging
from collections.abc import Callable
from itertools import islice

from .. import addresses
from ..models import EmailAccount, Folder
from ..servers.imap import FolderGone, ImapError
from ..servers.secrets import SecretUnreadable
from . import people, quarantine, scan, trouble
from .decide import Rules, decide
from .fetch import Catch, SetAside, fetch
from .folders import refresh_folders
from .lease import Lease, LeaseLost, claim
from .mailbox import Mailbox
from .progress import Progress, close_abandoned
from .record import record
from .scan import Cursor

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
        with Mailbox(account) as mailbox:
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
        progress.ended(code)
        lease.release()
    return not code


class _Sync:
    """One sync at work: every folder's newest mail first, then every folder's history."""

    def __init__(self, account: EmailAccount, mailbox: Mailbox, lease: Lease, progress: Progress):
        self.account, self.mailbox, self.lease, self.progress = account, mailbox, lease, progress
        self.again: dict[int, list[int]] = {}
        self.own = frozenset(EmailAccount.objects.values_list("address", flat=True))

    def run(self) -> None:
        """Raises ImapError and LeaseLost; what was recorded until then stays."""
        self.again = quarantine.due(self.account)
        listed = refresh_folders(self.account, self.mailbox.session)
        folders = [folder for folder in listed if self._has_work(folder)]
        for step in (self._recent, self._history):
            for folder in folders:
                self._visit(folder, step)

    def _has_work(self, folder: Folder) -> bool:
        """Whether there is anything to do in the folder; counts it for the progress bar."""
        self.lease.keep()
        try:
            state = self.mailbox.session.status(folder.name)
        except FolderGone:
            return False
        if scan.is_complete(folder, state) and folder.pk not in self.again:
            return False
        self.progress.expect(scan.left(folder, state))
        return True

    def _visit(self, folder: Folder, step: Callable[[Folder, int], None]) -> None:
        try:
            state = self.mailbox.examine(folder)
            uidnext = state.uidnext or self._highest(folder)
            if scan.begin(folder, state, uidnext):
                self._record(folder, Catch(), Cursor(uidnext, uidnext))
            step(folder, uidnext)
        except FolderGone:
            logger.info("Folder %s of account %s went away.", folder.pk, self.account.pk)

    def _highest(self, folder: Folder) -> int:
        """UIDNEXT of a server that does not tell it."""
        return max(self.mailbox.session.uids(folder.scanned_to or 1, 2**32 - 1), default=0) + 1

    def _recent(self, folder: Folder, uidnext: int) -> None:
        """What was set aside, what came since, and the first step into the history."""
        for uid in self.again.get(folder.pk, []):
            kept = quarantine.kept(folder, uid)
            for catch in [kept] if kept else fetch(self.mailbox, [uid]):
                self._record(folder, catch, None)
        for batch in scan.new_mail(self.mailbox, folder, uidnext):
            self._batch(folder, batch)
        for batch in islice(scan.history(self.mailbox, folder), 1):
            self._batch(folder, batch)

    def _history(self, folder: Folder, uidnext: int) -> None:
        for batch in scan.history(self.mailbox, folder):
            self._batch(folder, batch)

    def _batch(self, folder: Folder, batch: scan.Batch) -> None:
        """Decide about a batch, fetch what is taken, and move the cursor as far as was recorded."""
        self.lease.keep()
        taken, unreadable = self._decide(batch.uids)
        # With the first transaction, before any cursor passes them.
        aside = [SetAside(uid, "fetch") for uid in unreadable]
        counted = 0
        for catch in fetch(self.mailbox, taken):
            catch.set_aside += aside
            aside, last = [], catch.uids[-1]
            reached = len(batch.uids) if last == taken[-1] else batch.uids.index(last) + 1
            cursor = batch.cursor if last == taken[-1] else batch.cursor_at(last)
            self._record(folder, catch, cursor, reached - counted)
            counted = reached
        if not taken:
            self._record(folder, Catch(set_aside=aside), batch.cursor, len(batch.uids))

    def _decide(self, uids: list[int]) -> tuple[list[int], list[int]]:
        """``(taken, unreadable)`` of ``uids``, by their address headers alone.

        Read loosely first: the exact reading is for those that may concern a contact.
        """
        ask = self.mailbox.carefully
        headers, unreadable = ask(lambda session, some: session.address_headers(some), uids)
        candidates = {uid: people.candidates(raw) for uid, raw in headers.items()}
        contacts = addresses.known(set().union(*candidates.values()))
        rules = Rules(contacts, self.own)
        taken = [
            uid
            for uid in uids
            if not contacts.isdisjoint(candidates.get(uid, ()))
            and decide(people.named(headers[uid]), rules).take
        ]
        return taken, unreadable

    def _record(self, folder: Folder, catch: Catch, cursor: Cursor | None, looked_at: int = 0) -> None:
        record(
            folder,
            catch,
            cursor,
            own=self.own,
            lease=self.lease,
            progress=self.progress,
            looked_at=looked_at,
        )
