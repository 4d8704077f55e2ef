"""What a first synchronisation would bring, counted before anything is stored.

Every message's address headers are read and decided about as a synchronisation would; of those it
would take, size and date. What is kept are the numbers, in the Run's ``result``.
"""

from collections import Counter
from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Any

from django.db.models import Q
from django.utils import timezone

from .. import conf
from ..models import EmailAccount, Folder, Run
from ..servers.imap import Detail, FolderGone, ProtocolTrouble
from . import errand, labels, people, walk
from .errand import Errand
from .folders import refresh_folders
from .judge import judge
from .lease import claimable
from .mailbox import Mailbox

#: Addresses named at most.
NAMED = 30

#: Seconds that reading and storing one message takes us, beside what the server needs for its bytes.
PER_MESSAGE = 0.005

#: Bytes a second that are believed at least: what was measured is mostly waiting where there is little mail.
SLOWEST = 500_000


def preview(account_id: int) -> bool:
    """Count what would be taken; returns whether it came to the end. Only in mode PREVIEW.

    The Run's result: ``messages`` that would be taken (one in two folders once), ``contacts`` (addresses of
    records in them), ``oldest`` (when the first one arrived, ISO 8601, or None), ``bytes`` to download,
    ``seconds`` it would take, ``senders`` and ``folders``. A sender's ``messages`` are those it wrote; its
    ``involved`` those it takes part in at all, which is what leaving it out would spare.
    """
    run = errand.carry_out(account_id, Run.Kind.PREVIEW, EmailAccount.Mode.PREVIEW, _count)
    return run is not None and run.state == Run.State.DONE


def due() -> list[int]:
    """The accounts in mode PREVIEW that wait for one: it was never begun, or failed, or its worker died."""
    now = timezone.now()
    waiting = claimable(EmailAccount.Mode.PREVIEW).filter(Q(trouble="") | Q(next_try__lte=now))
    return [account.pk for account in waiting if not _is_answered(account)]


def _is_answered(account: EmailAccount) -> bool:
    """Whether the last preview is there to be looked at, or was called off."""
    last = account.runs.filter(kind=Run.Kind.PREVIEW).order_by("-pk").first()
    if last is None:
        return False
    return last.state == Run.State.CANCELLED or (last.state == Run.State.DONE and "senders" in last.result)


def settle(account: EmailAccount) -> None:
    """The preview is confirmed or cancelled: who writes how often is nobody's business any more."""
    for run in account.runs.filter(kind=Run.Kind.PREVIEW, result__has_key="senders"):
        run.result.pop("senders")
        run.save(update_fields=["result"])


def _count(work: Errand, mailbox: Mailbox) -> dict[str, Any]:
    settle(work.account)
    seen = refresh_folders(work.account, mailbox.session)
    work.begin(0, walk.size(mailbox, seen))
    sums = _Sums(labels.left_out(work.account))
    for one in seen:
        _count_folder(work, mailbox, one.folder, sums)
    return sums.result(work.cost())


def _count_folder(work: Errand, mailbox: Mailbox, folder: Folder, sums: "_Sums") -> None:
    """A folder that goes away or makes no sense is counted as far as it was read, and says so."""
    row = sums.begin(folder)
    try:
        state = mailbox.examine(folder)
        folder.uidvalidity = state.uidvalidity  # not stored: a fresh session must find the same
        top = state.uidnext or mailbox.session.highest_uid(state.exists) + 1
        for window in walk.downwards(mailbox, 1, top, state.exists):
            _count_window(work.account, mailbox, window.uids, sums, row)
            work.so_far = {"messages": sums.messages}
            work.looked_at(len(window.uids))
    except FolderGone as error:
        row["trouble"] = error.code
    except ProtocolTrouble as error:
        row["trouble"] = error.code
        mailbox.again(error)


def _count_window(
    account: EmailAccount, mailbox: Mailbox, uids: list[int], sums: "_Sums", row: dict[str, Any]
) -> None:
    with mailbox.meter.stage("scan"):
        headers, _unreadable = walk.headers(mailbox, uids)
    with mailbox.meter.stage("decide"):
        matched = judge(account, headers)
    with mailbox.meter.stage("details"):
        details = mailbox.ask(lambda session, some: session.details(some), list(matched))
    row["scanned"] += len(uids)
    for uid, contacts in matched.items():
        if uid in details and not labels.is_left_out(details[uid], sums.left_out):
            row["messages"] += 1
            sums.add(contacts, people.senders(headers[uid]), details[uid])


@dataclass
class _Sums:
    """The numbers, and nothing of any message but these."""

    left_out: Set[str]
    messages: int = 0
    bytes: int = 0
    oldest: datetime | None = None
    wrote: Counter = field(default_factory=Counter)
    involved: Counter = field(default_factory=Counter)
    folders: list[dict[str, Any]] = field(default_factory=list)
    #: Hashes of the Message-IDs counted, in memory only: what lies in two folders is one message.
    seen: set[int] = field(default_factory=set)

    def begin(self, folder: Folder) -> dict[str, Any]:
        """The row of one more folder, to be counted in."""
        row = {"id": folder.pk, "name": folder.name, "role": folder.role, "messages": 0, "scanned": 0}
        self.folders.append(row)
        return row

    def add(self, contacts: frozenset[str], senders: set[str], detail: Detail) -> None:
        """One more place of a message that would be taken."""
        if detail.size <= conf.get("MAX_MESSAGE_BYTES"):  # larger ones are set aside undownloaded
            self.bytes += detail.size
        if detail.arrived and (self.oldest is None or detail.arrived < self.oldest):
            self.oldest = detail.arrived
        if detail.message_id and hash(detail.message_id) in self.seen:
            return
        self.seen.add(hash(detail.message_id))
        self.messages += 1
        self.involved.update(contacts)
        self.wrote.update(contacts & senders)

    def result(self, cost: dict[str, Any]) -> dict[str, Any]:
        noisiest = sorted(self.involved, key=lambda one: (-self.wrote[one], -self.involved[one], one))
        return {
            "messages": self.messages,
            "contacts": len(self.involved),
            "oldest": self.oldest.isoformat() if self.oldest else None,
            "bytes": self.bytes,
            "seconds": self._seconds(cost),
            "senders": [
                {"address": one, "messages": self.wrote[one], "involved": self.involved[one]}
                for one in noisiest[:NAMED]
            ],
            "folders": self.folders,
        }

    def _seconds(self, cost: dict[str, Any]) -> int:
        """All of this once more; the bodies, at the pace of this connection; and our own work."""
        traffic = cost["traffic"]
        pace = max(traffic["bytes_in"] / max(traffic["seconds"], 0.001), SLOWEST)
        return ceil(cost["seconds"] + self.bytes / pace + self.messages * PER_MESSAGE)
