"""Mail of people who were erased while it was being fetched is not stored after all."""

from collections.abc import Iterable
from dataclasses import replace

from . import erased, people
from .erased import Erased
from .fetch import SetAside, Taken

#: Bytes of a message that was not readable in which its headers are looked for.
HEAD = 2**20


class ErasedMeanwhile(Exception):
    """Somebody was erased between the last look and the moment their address was locked."""


def allowed(taken: list[Taken]) -> list[Taken]:
    """Those in which nobody takes part who was erased; of who only is their Sender or Reply-To, without.

    Raises KeyLost.
    """
    gone = erased.now() if taken else ()
    if not gone:
        return taken
    return [_without(one, gone) for one in taken if not gone.among(people.of_message(one.parsed))]


def _without(one: Taken, gone: Erased) -> Taken:
    there = tuple(person for person in one.parsed.people if person.address not in gone)
    if len(there) == len(one.parsed.people):
        return one
    return replace(one, parsed=replace(one.parsed, people=there))


def ensure_nobody_erased(addresses: Iterable[str]) -> None:
    """Call it with these people's addresses locked: who is erased from now on waits for us.

    Raises ErasedMeanwhile and KeyLost.
    """
    if erased.among(addresses):
        raise ErasedMeanwhile


def allowed_aside(set_aside: Iterable[SetAside]) -> list[SetAside]:
    """Of what could not be read, what names nobody in its headers who was erased. Raises KeyLost."""
    set_aside = list(set_aside)
    gone = erased.now() if any(one.raw for one in set_aside) else ()
    return [one for one in set_aside if not (gone and one.raw and gone.among(people.named(one.raw[:HEAD])))]
