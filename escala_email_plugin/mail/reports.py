"""Reports about a mail by servers and programs: what became of it (RFC 3464), who saw it (RFC 8098)."""

import re
from dataclasses import dataclass, field
from typing import Literal

from .charsets import clean, raw_text
from .headers import decoded
from .mime import Unreadable, read_headers

DELIVERY = {"message/delivery-status", "message/global-delivery-status"}
RECEIPT = {"message/disposition-notification", "message/global-disposition-notification"}

#: Bytes of a report that are read, and recipients that are told; the others are counted.
LONGEST = 200_000
RECIPIENTS = 40
WORDS = 1_000

Action = Literal["failed", "delayed", "delivered", "relayed", "expanded", "shown", "deleted", ""]
_ACTIONS: dict[str, Action] = {
    "failed": "failed", "delayed": "delayed", "delivered": "delivered", "relayed": "relayed",
    "expanded": "expanded",
}  # fmt: skip
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_GROUPS = re.compile(rb"\n[ \t]*+\n[ \t\n]*+")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mail for one recipient. ``status``: RFC 3463's, "5.1.1", or ""."""

    address: str
    action: Action
    status: str = ""
    words: str = field(default="", repr=False)  #: what the server said, for people who know about mail


@dataclass(frozen=True, slots=True)
class Report:
    """``kind``: "delivery", or "receipt" where somebody's program tells that a mail was shown or deleted."""

    kind: Literal["delivery", "receipt"]
    outcomes: tuple[Outcome, ...]
    unnamed: int = 0  #: outcomes beyond those

    @property
    def action(self) -> Action:
        """The worst that became of it."""
        for action in ("failed", "delayed", "deleted"):
            if any(one.action == action for one in self.outcomes):
                return action  # type: ignore[return-value]
        return self.outcomes[0].action


def read_report(content_type: str, content: bytes) -> Report | None:
    """What a report's own part tells; None for another part and for nothing. Linear; never raises."""
    if content_type in DELIVERY:
        return _delivery(content[:LONGEST])
    return _receipt(content[:LONGEST]) if content_type in RECEIPT else None


Headers = dict[str, list[bytes]]


def _groups(content: bytes) -> list[Headers]:
    found = []
    for group in _GROUPS.split(content.replace(b"\r\n", b"\n").strip()):
        try:
            headers, _ = read_headers(group + b"\n\n", 0, len(group) + 2)
        except Unreadable:
            continue
        found.append(headers)
    return found


def _delivery(content: bytes) -> Report | None:
    outcomes = [_outcome(headers) for headers in _groups(content) if "action" in headers]
    outcomes = [one for one in outcomes if one.action]
    if not outcomes:
        return None
    return Report("delivery", tuple(outcomes[:RECIPIENTS]), max(0, len(outcomes) - RECIPIENTS))


def _outcome(headers: Headers) -> Outcome:
    status = _STATUS.search(_first(headers, "status"))
    action = re.match(r"\s*([a-z]+)", _first(headers, "action").lower())
    return Outcome(
        address=_address(headers),
        action=_ACTIONS.get(action[1] if action else "", ""),
        status=status[0] if status else "",
        words=_behind_type(_first(headers, "diagnostic-code")),
    )


def _receipt(content: bytes) -> Report | None:
    """RFC 8098 3.2.6: ``Disposition: manual-action/MDN-sent-manually; displayed``."""
    for headers in _groups(content):
        told = re.split(r"[/,]", _first(headers, "disposition").lower().rpartition(";")[2])[0].strip()
        action: Action = "shown" if told == "displayed" else "deleted" if told == "deleted" else ""
        if action:
            return Report("receipt", (Outcome(_address(headers), action),))
    return None


def _first(headers: Headers, name: str) -> str:
    return " ".join(raw_text(headers.get(name, [b""])[0][: 4 * WORDS]).split())


def _address(headers: Headers) -> str:
    """Whom it was for: whom the sender wrote to, rather than where that is forwarded to (RFC 3464 2.3.1)."""
    for name in ("original-recipient", "final-recipient"):
        if address := _behind_type(_first(headers, name)).strip("<> "):
            return address[:320]
    return ""


def _behind_type(value: str) -> str:
    """``smtp; 550 No such user`` → what stands behind the type."""
    return clean(decoded(value.partition(";")[2].strip() if ";" in value[:30] else value)[:WORDS])
