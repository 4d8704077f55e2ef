"""One line of the doctor's."""

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How bad it is."""

    OK = 0
    #: It works; knowing is better.
    ADVICE = 1
    #: Somebody has to do something.
    WRONG = 2
    #: It could not be looked at.
    UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found by the check ``check``, and the remedy where there is one. ``account``: its id."""

    check: str
    level: Level
    says: str
    remedy: str = ""
    account: int | None = None

    @property
    def line(self) -> str:
        """For the shell, with nothing in it that a terminal would obey."""
        words = f"{self.level.name.lower():8}{self.check}: {self.says} {self.remedy}".strip()
        return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in words)

    @property
    def row(self) -> dict[str, object]:
        """For JSON."""
        return {
            "check": self.check,
            "level": self.level.name.lower(),
            "says": self.says,
            "remedy": self.remedy,
            "account": self.account,
        }
