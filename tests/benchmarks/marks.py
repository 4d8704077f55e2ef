"""What the figures must reach, and whether they do."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

MEGABYTE = 1e6
#: Messages of the mailboxes that the marks are about. Less is over before it can be told apart.
SMALL, LARGE = 10_000, 50_000


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark: what is measured, what it must be, what it is."""

    name: str
    wanted: str
    value: float
    reached: bool

    def as_dict(self) -> dict:
        return asdict(self)


def at_least(name: str, value: float, wanted: float, unit: str = "×") -> Mark:
    return Mark(name, f"≥ {wanted:g} {unit}", value, value >= wanted)


def at_most(name: str, value: float, wanted: float, unit: str = "×") -> Mark:
    return Mark(name, f"≤ {wanted:g} {unit}", value, value <= wanted)


def of_mailbox(found: dict) -> Iterator[Mark]:
    """The marks about one mailbox, of the figures that ``sync.figures`` made."""
    times = {name: column["times"] for name, column in found["columns"].items() if "times" in column}
    share, messages = found["share"], found["messages"]
    if messages < SMALL:
        return
    if share == 5:
        for peer, wanted in (("imapflow", 8), ("django-mailbox", 45), ("mbsync", 5)):
            if peer in times and found["database"] == "sqlite":
                yield at_least(f"{messages:,} messages, 5 %: faster than {peer}", times[peer], wanted)
    if share == 100 and "mbsync" in times:
        yield at_most(f"{messages:,} messages, 100 %: time of mbsync", 1 / times["mbsync"], 2)
    if share == 5 and messages >= LARGE:
        peak = found["columns"]["ours"]["peak"] / MEGABYTE
        yield at_most(f"{messages:,} messages, 5 %: peak memory", peak, 150, "MB")
        yield at_most(f"{messages:,} messages, 5 %: newest readable", found["newest_seconds"], 2, "s")


def across(small: dict, large: dict) -> Iterator[Mark]:
    """The marks about two mailboxes of one share, one large and one small."""
    if small["share"] != 5 or small["messages"] < SMALL or large["messages"] < LARGE:
        return
    sizes = f"{large['messages']:,} against {small['messages']:,} messages, 5 %"
    ours = small["columns"]["ours"], large["columns"]["ours"]
    yield at_most(f"{sizes}: peak memory", ours[1]["peak"] / ours[0]["peak"], 1.2)
    pace = ours[1]["messages_per_second"] / ours[0]["messages_per_second"]
    yield at_least(f"{sizes}: messages a second", pace, 0.9)


def table(marks: list[Mark]) -> str:
    """The marks for people."""
    return "\n".join(
        f"{'reached' if mark.reached else 'MISSED':<9}{mark.value:8.2f}  {mark.wanted:<10}{mark.name}"
        for mark in marks
    )
