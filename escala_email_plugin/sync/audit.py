"""Is everything here? Every message of what was enumerated, compared with our rows, and gaps refilled.

The comparison goes by address headers, as a synchronisation's does, never by SEARCH: servers find
less than there is. Counted are places at the server: one message in two folders is two.
"""

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from ..models import EmailAccount, Folder, Run
from ..servers.imap import FolderGone, FolderState, ImapError, ProtocolTrouble
from . import errand, tallies, walk
from .compare import NEW_CONTACT, Comparison
from .errand import Errand
from .findings import Findings, Standing
from .folders import refresh_folders
from .mailbox import FolderChanged, Mailbox
from .windows import ALL

#: Seconds between two notes of where an audit is, for whoever goes on after a worker's death.
NOTE_EVERY = 30.0

#: An audit that was stopped is gone on with until then; later it begins anew.
RESUMED_WITHIN = timedelta(hours=6)

#: Why a folder could not be compared, beside the codes of FolderGone: the next synchronisation reads it.
RENUMBERED, NOT_READ = "renumbered", "not_read"


@dataclass(frozen=True)
class Outcome:
    """A finished audit: what ``Run.result`` holds, and when it was."""

    run: Run

    @property
    def result(self) -> dict[str, Any]:
        return self.run.result

    @property
    def lost(self) -> int:
        """How many places had been missing for no good reason, refilled now or not."""
        return sum(count for why, count in self.result["why"].items() if why != NEW_CONTACT)


def audit(account_id: int) -> Outcome | None:
    """Compare an account with its mailbox and fetch what was missing.

    None where somebody holds the account, or it could not be reached or read to the end: its newest
    Run then says why. Failures are written to the account, never raised.

    The result: the counters of ``Findings`` with ``why`` and ``gaps``, and ``folders``, each with its
    name, scanned, found, missing, seconds and, where it could not be compared, a ``note``. The
    tallies of every contact's address are stored when all folders were looked at.
    """
    run = errand.carry_out(account_id, Run.Kind.AUDIT, EmailAccount.Mode.TOTAL, _work)
    return Outcome(run) if run is not None and run.state == Run.State.DONE else None


def _work(work: Errand, mailbox: Mailbox) -> dict[str, Any]:
    audit = _Audit(work, mailbox, _standing(work))
    try:
        audit.run()
        tallies.put(work.account, audit.standing.whole.tallies, work.lease)
    except BaseException:
        audit.note()
        raise
    return audit.standing.result()


def _standing(work: Errand) -> Standing:
    """Where the account's last audit was stopped, else the beginning."""
    audits = work.account.runs.filter(kind=Run.Kind.AUDIT).exclude(pk=work.run.pk)
    last = audits.order_by("-pk").first()
    if last is None or "kept" not in last.result:
        return Standing()
    kept = last.result.pop("kept")
    last.save(update_fields=["result"])
    stopped = last.state == Run.State.FAILED and last.finished_at > timezone.now() - RESUMED_WITHIN
    return Standing.read(kept) if stopped else Standing()


class _Audit:
    """One audit at work."""

    def __init__(self, work: Errand, mailbox: Mailbox, standing: Standing):
        self.work, self.mailbox, self.standing = work, mailbox, standing
        self.troubles: list[ImapError] = []
        self._noted = time.monotonic()

    def run(self) -> None:
        """Every folder. One the server answers nonsense about keeps no other waiting; its trouble is
        raised at the end.
        """
        done = {row["id"] for row in self.standing.folders}
        seen = refresh_folders(self.work.account, self.mailbox.session)
        seen = [one for one in seen if one.folder.pk not in done]
        self.work.begin(self.standing.scanned, walk.size(self.mailbox, seen))
        for one in seen:
            self._visit(one.folder)
        if self.troubles:
            raise self.troubles[0]

    def note(self) -> None:
        """Keep how far it is, for whoever goes on."""
        self.work.note({"kept": self.standing.as_json()})
        self._noted = time.monotonic()

    def _visit(self, folder: Folder) -> None:
        started = time.monotonic()
        try:
            found, note = self._folder(folder)
        except FolderChanged:
            found, note = Findings(), RENUMBERED
        except FolderGone as error:
            found, note = Findings(), error.code
        except ProtocolTrouble as error:
            self.troubles.append(error)
            self.mailbox.afresh(error)
            return
        self.standing.done(folder, found, note, time.monotonic() - started)

    def _folder(self, folder: Folder) -> tuple[Findings, str]:
        """What was found in the folder, and why it could not be compared, "" where it was."""
        state = self.mailbox.examine(folder)
        if folder.scanned_to == 0:
            return Findings(unread=state.exists), NOT_READ
        if folder.uidvalidity != state.uidvalidity or (state.uidnext or ALL) < folder.scanned_to:
            return Findings(unread=state.exists), RENUMBERED
        part = self.standing.part(folder)
        comparison = Comparison(self.work, self.mailbox, folder, part.findings)
        for window in walk.downwards(self.mailbox, max(folder.scanned_from, 1), part.below, state.exists):
            lacked = comparison.window(window)
            part.below = window.low
            if lacked or time.monotonic() - self._noted > NOTE_EVERY:
                self.note()  # what is refilled now would look as if it had been here all along
            self.work.looked_at(len(window.uids))
        if part.findings.scanned < state.exists:
            state = self.mailbox.examine(folder)  # some may have gone meanwhile
        # Outside of what was enumerated, or counted by the server and not listed.
        part.findings.unread = max(0, state.exists - part.findings.scanned)
        if part.findings.unread and folder.scanned_from <= 1:
            part.findings.unlisted = max(0, part.findings.unread - self._new(folder, state))
        return part.findings, ""

    def _new(self, folder: Folder, state: FolderState) -> int:
        """How many messages came since the folder was last read."""
        top = state.uidnext or self.mailbox.session.highest_uid(state.exists) + 1
        windows = walk.downwards(self.mailbox, folder.scanned_to, top, state.exists)
        return sum(len(window.uids) for window in windows)
