"""What a list of conversations is narrowed to, as it stands in a URL.

A filter tells no more than what it lets through shows: it is applied to what the reader sees (``narrowing``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

#: Characters of a search that are looked at; more come from nobody who searches.
LONGEST_TEXT = 200

#: The highest number a database takes for an id.
HIGHEST_ID = 2**63 - 1

DIRECTIONS, WAITING = ("in", "out"), ("us", "them")


@dataclass(frozen=True)
class Filters:
    """``direction``: from others ("in") or from us ("out"); ``account``: the mailbox that holds it;
    ``waiting``: for whose answer ("us", "them"); ``since`` and ``until``: days of the site, both included.
    """

    direction: str = ""
    account: int | None = None
    with_files: bool = False
    since: date | None = None
    until: date | None = None
    waiting: str = ""
    text: str = ""

    @classmethod
    def read(cls, query: Mapping[str, Any]) -> "Filters":
        """Those of a URL's parameters. What makes no sense is as if it were not there."""
        return cls(
            direction=_one_of(query.get("direction"), DIRECTIONS),
            account=_number(query.get("mailbox")),
            with_files=query.get("files") == "1",
            since=_day(query.get("since")),
            until=_day(query.get("until")),
            waiting=_one_of(query.get("waiting"), WAITING),
            text=_text(query.get("q")),
        )

    def query(self) -> dict[str, str]:
        """The parameters that ``read`` reads; those that narrow nothing are left out."""
        told = {
            "direction": self.direction,
            "mailbox": str(self.account or ""),
            "files": "1" if self.with_files else "",
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "waiting": self.waiting,
            "q": self.text,
        }
        return {name: value for name, value in told.items() if value}

    def __bool__(self) -> bool:
        """Whether anything is narrowed."""
        return self != NONE


NONE = Filters()


def _one_of(value: str | None, known: tuple[str, ...]) -> str:
    return value if value in known else ""


def _number(value: str | None) -> int | None:
    # Only plain digits: int() reads more than anybody writes, and refuses what is longer than it likes.
    if not value or not value.isascii() or not value.isdigit() or len(value) > len(str(HIGHEST_ID)):
        return None
    return int(value) if 0 < int(value) <= HIGHEST_ID else None


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None


def _text(value: str | None) -> str:
    # A NUL is what PostgreSQL takes in no text; lone surrogates are what no database does.
    plain = (value or "").replace("\0", " ").encode(errors="ignore").decode()
    return " ".join(plain.split())[:LONGEST_TEXT]
