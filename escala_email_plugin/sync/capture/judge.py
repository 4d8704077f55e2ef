"""Whether a mail to a capture address is accepted, and why not. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Refusal(StrEnum):
    """Why what came to a capture address is not taken from it."""

    LEFT = "left"
    ENDED = "ended"
    NOT_YOURS = "not_yours"
    FORGED = "forged"


@dataclass(frozen=True)
class Facts:
    """``senders``: the canonical addresses in From. ``own``: those the address' user writes from.

    ``verdict``: what the receiving server itself says of the sender, "pass", "fail" or "none". ``arrived``:
    when the server took it, as far as it tells. ``ended_at``: when the capture address ceased to work.
    """

    senders: Collection[str]
    own: Collection[str]
    verdict: str
    arrived: datetime | None
    ended_at: datetime | None
    is_here: bool


def refusal(facts: Facts) -> Refusal | None:
    """None where it is accepted.

    By the moment of arrival, and not of being read: else what was captured before a new address was made
    could not be looked through again for a contact that comes later. Servers tell it to the second.
    """
    if not facts.is_here:
        return Refusal.LEFT
    if facts.ended_at and (facts.arrived is None or facts.arrived >= facts.ended_at.replace(microsecond=0)):
        return Refusal.ENDED
    if len(facts.senders) != 1 or not set(facts.senders) <= set(facts.own):
        return Refusal.NOT_YOURS
    if facts.verdict == "fail":
        return Refusal.FORGED
    return None
