"""The numbers of a preview, and nothing of any message but these."""

from collections import Counter
from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Any

from .. import conf
from ..models import Folder
from ..servers.imap import Detail

#: Addresses named at most.
NAMED = 30

#: Seconds that reading and storing one message takes us, beside what the server needs for its bytes.
PER_MESSAGE = 0.005

#: Bytes a second that are believed at least: what was measured is mostly waiting where there is little mail.
SLOWEST = 500_000


@dataclass
class Forecast:
    """What would be taken, in numbers."""

    left_out: Set[str]
    #: Since when mail is kept.
    kept: datetime | None = None
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
        self.since(detail.arrived)
        if detail.message_id and hash(detail.message_id) in self.seen:
            return
        self.seen.add(hash(detail.message_id))
        self.messages += 1
        self.involved.update(contacts)
        self.wrote.update(contacts & senders)

    def since(self, moment: datetime | None) -> None:
        """There is a message as old as that."""
        if moment is not None and (self.oldest is None or moment < self.oldest):
            self.oldest = moment

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
