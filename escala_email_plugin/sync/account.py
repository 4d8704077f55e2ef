"""Synchronise one account: the whole way in, from the lease to the last folder."""

import logging
from collections.abc import Callable
from itertools import islice

from .. import addresses
from ..models import EmailAccount, Folder
from ..servers.imap import FolderGone, ImapError, ProtocolTrouble
from ..servers.secrets import SecretUnreadable
from . import people, quarantine, scan, trouble
from .decide import Rules, decide
from .fetch import Catch, SetAside, fetch
from .folders import refresh_folders, renumbered
from .lease import Lease, LeaseLost, claim
from .mailbox import Mailbox
from .progress import Progress, close_abandoned
from .record import record
from .scan import Batch, Cursor

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
        self.account, self.mailbox, self.lease, self.progress = account, mailbox, lease, progress
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
            self._record(folder, Catch(), Cursor(uidnext, uidnext))
        return uidnext

    def _highest(self, folder: Folder) -> int:
        """The highest UID, of a server that does not tell UIDNEXT."""
        low = max(folder.scanned_to, 1)
        return max(self.mailbox.session.uids(low, 2**32 - 1), default=low - 1)

    def _recent(self, folder: Folder) -> bool:
        """What was set aside, what came since, and the first step into the history."""
        uidnext = self._open(folder)
        for uid in self.again.get(folder.pk, []):
            self._try_again(folder, uid)
        for batch in scan.new_mail(self.mailbox, folder, uidnext):
            self._batch(folder, batch)
        for batch in islice(scan.history(self.mailbox, folder), 1):
            self._batch(folder, batch)
        return True

    def _history(self, folder: Folder) -> bool:
        if folder.scanned_from > 1:
            self._open(folder)
        for batch in scan.history(self.mailbox, folder):
            self._batch(folder, batch)
        return True

    def _try_again(self, folder: Folder, uid: int) -> None:
        """A message that was set aside: decide about it as about any other, and fetch it if it is taken."""
        kept = quarantine.kept(folder, uid)
        try:
            catches = [kept] if kept else list(fetch(self.mailbox, self._taken([uid])))
        except ProtocolTrouble as error:
            self.mailbox.again(error)
            catches = [Catch([uid], set_aside=[SetAside(uid, "fetch")])]
        for catch in catches or [Catch([uid])]:
            self._record(folder, catch, None)

    def _batch(self, folder: Folder, batch: Batch) -> None:
        """Deal with a batch; where the server answers nonsense, halve it until the culprit is alone.

        Each half is recorded as soon as it is dealt with, so that even a mailbox full of culprits
        comes to its end, a few in every sync.
        """
        try:
            self._attempt(folder, batch)
        except ProtocolTrouble as error:
            self.mailbox.again(error)
            if len(batch.uids) > 1:
                for half in batch.halves():
                    self._batch(folder, half)
                return
            aside = [SetAside(uid, "fetch") for uid in batch.uids]
            self._record(folder, Catch(batch.uids, set_aside=aside), batch.cursor, len(aside))

    def _attempt(self, folder: Folder, batch: Batch) -> None:
        """Decide about a batch, fetch what is taken, and move the cursor as far as was recorded."""
        taken = self._taken(batch.uids)
        counted = 0
        for catch in fetch(self.mailbox, taken):
            last = catch.uids[-1]
            reached = len(batch.uids) if last == taken[-1] else batch.uids.index(last) + 1
            cursor = batch.cursor if last == taken[-1] else batch.cursor_at(last)
            self._record(folder, catch, cursor, reached - counted)
            counted = reached
        if not taken:
            self._record(folder, Catch(), batch.cursor, len(batch.uids))

    def _taken(self, uids: list[int]) -> list[int]:
        """Those of ``uids`` that concern a contact, by their address headers alone.

        Read loosely first: the exact reading is for those that may concern a contact.
        """
        headers = self.mailbox.ask(lambda session, some: session.address_headers(some), uids)
        candidates = {uid: people.candidates(raw) for uid, raw in headers.items()}
        rules = self._rules(set().union(*candidates.values()))
        return [
            uid
            for uid in uids
            if not rules.contacts.isdisjoint(candidates.get(uid, ()))
            and decide(people.named(headers[uid]), rules).take
        ]

    def _rules(self, candidates: set[str]) -> Rules:
        """The rules as of now, as far as ``candidates`` go.

        Only this account's own address is left out. A colleague's is what the colleague typed, and must
        not switch a customer off for everybody.
        """
        return Rules(addresses.known(candidates), {self.account.address})

    def _record(self, folder: Folder, catch: Catch, cursor: Cursor | None, looked_at: int = 0) -> None:
        """Record what still concerns a contact once it was read whole; its people have the last word."""
        named = {taken.uid: people.of_message(taken.parsed) for taken in catch.taken}
        rules = self._rules(set().union(*named.values()))
        catch.taken = [taken for taken in catch.taken if decide(named[taken.uid], rules).take]
        record(folder, catch, cursor, lease=self.lease, progress=self.progress, looked_at=looked_at)
