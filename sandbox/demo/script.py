"""A conversation before it happens: a subject, and who writes what."""

from typing import NamedTuple


class Step(NamedTuple):
    """One message: ``writer`` is “client” or “seller”; ``enclosure`` is “” or a kind that ``files`` knows."""

    writer: str
    text: str
    enclosure: str = ""


class Script:
    """A subject and its messages in order."""

    def __init__(self, subject: str, *steps: Step) -> None:
        self.subject, self.steps = subject, steps
