"""What an audit found: numbers, gaps and tallies, and how far it is, so that a stop costs nothing."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from ..models import Folder

#: Gaps that are named one by one; all are counted.
NAMED = 100


@dataclass
class Findings:
    """Places at the server that concern a contact, and what became of them.

    ``found`` are all of them: ``held`` by us, ``set_aside``, or ``missing``. ``refilled`` are those of
    the held that we lacked until now. ``gone``: places of ours that are not at the server any more,
    which is no loss. ``unread``: messages nobody has looked at yet; of those ``unlisted`` are the ones that
    the server counts in a folder read to its end, and does not list. ``why``: how many places we lacked, by
    reason.
    """

    found: int = 0
    held: int = 0
    set_aside: int = 0
    missing: int = 0
    refilled: int = 0
    gone: int = 0
    unread: int = 0
    unlisted: int = 0
    scanned: int = 0
    why: dict[str, int] = field(default_factory=dict)
    gaps: list[dict[str, Any]] = field(default_factory=list)
    #: Address → places found and places missing.
    tallies: dict[str, list[int]] = field(default_factory=dict)

    def place(self, outcome: str, contacts: Iterable[str]) -> None:
        """Count one place: ``outcome`` is "held", "refilled", "set_aside" or "missing"."""
        counted = "held" if outcome == "refilled" else outcome
        for name in {"found", outcome, counted}:
            setattr(self, name, getattr(self, name) + 1)
        for address in contacts:
            tally = self.tallies.setdefault(address, [0, 0])
            tally[0] += 1
            tally[1] += outcome == "missing"

    def gap(self, folder: str, uid: int, why: str, outcome: str) -> None:
        """Note a place we lacked, and what became of it."""
        self.why[why] = self.why.get(why, 0) + 1
        if len(self.gaps) < NAMED:
            self.gaps.append({"folder": folder, "uid": uid, "why": why, "outcome": outcome})

    def add(self, other: "Findings") -> None:
        """Take in what was found elsewhere."""
        for name in (
            "found",
            "held",
            "set_aside",
            "missing",
            "refilled",
            "gone",
            "unread",
            "unlisted",
            "scanned",
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.why = dict(Counter(self.why) + Counter(other.why))
        self.gaps = (self.gaps + other.gaps)[:NAMED]
        for address, (found, missing) in other.tallies.items():
            tally = self.tallies.setdefault(address, [0, 0])
            tally[0] += found
            tally[1] += missing

    def as_json(self) -> dict[str, Any]:
        """For ``Findings(**…)``, in a JSON column."""
        return asdict(self)


@dataclass
class Part:
    """A folder that was begun: its numbering, down to which UID it is done, and what was found there."""

    uidvalidity: int
    below: int
    findings: Findings = field(default_factory=Findings)


@dataclass
class Standing:
    """How far an audit is: what was found in the folders that are done, and in those begun."""

    whole: Findings = field(default_factory=Findings)
    #: A row for each folder that is done, as the result shows it.
    folders: list[dict[str, Any]] = field(default_factory=list)
    #: By the folder's id, as text: JSON has no other keys.
    parts: dict[str, Part] = field(default_factory=dict)

    @classmethod
    def read(cls, kept: dict[str, Any]) -> "Standing":
        """The standing that ``as_json`` wrote."""
        parts = {
            key: Part(part["uidvalidity"], part["below"], Findings(**part["findings"]))
            for key, part in kept["parts"].items()
        }
        return cls(Findings(**kept["whole"]), kept["folders"], parts)

    def as_json(self) -> dict[str, Any]:
        """For ``read``, in a JSON column."""
        return asdict(self)

    @property
    def scanned(self) -> int:
        """Messages looked at so far."""
        return self.whole.scanned + sum(part.findings.scanned for part in self.parts.values())

    def part(self, folder: Folder) -> Part:
        """The folder's part, begun now where it was not, or under another numbering."""
        part = self.parts.get(str(folder.pk))
        if part is None or part.uidvalidity != folder.uidvalidity:
            part = self.parts[str(folder.pk)] = Part(folder.uidvalidity, folder.scanned_to)
        return part

    def done(self, folder: Folder, found: Findings, note: str, seconds: float) -> None:
        """The folder is done, or cannot be compared and ``note`` says why."""
        self.parts.pop(str(folder.pk), None)
        self.whole.add(found)
        row = {"id": folder.pk, "name": folder.name, "seconds": round(seconds, 3)}
        row |= {name: getattr(found, name) for name in ("scanned", "found", "held", "missing", "unread")}
        self.folders.append(row | ({"note": note} if note else {}))

    def result(self) -> dict[str, Any]:
        """What is shown of it."""
        shown = self.whole.as_json()
        del shown["tallies"]
        return {**shown, "folders": self.folders}
