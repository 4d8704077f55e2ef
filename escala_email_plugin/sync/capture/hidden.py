"""Capture addresses are kept from everybody: whoever reads one in a message could write to it."""

from collections.abc import Iterable
from dataclasses import replace

from ...models import CaptureAddress
from ..fetch import Taken
from . import tags


def without_capture_addresses(taken: Iterable[Taken]) -> list[Taken]:
    """The same messages without our users' capture addresses among their people, whatever mailbox it is.

    Their keys are what they were, so that every copy of a message has the same one.
    """
    taken = list(taken)
    found = {tags.of_address(person.address) for one in taken for person in one.parsed.people} - {""}
    if not found:
        return taken
    ours = set(CaptureAddress.objects.filter(token__in=found).values_list("token", flat=True))
    return [_without(one, ours) for one in taken]


def _without(taken: Taken, ours: set[str]) -> Taken:
    people = taken.parsed.people
    shown = tuple(person for person in people if tags.of_address(person.address) not in ours)
    return taken if shown == people else replace(taken, parsed=replace(taken.parsed, people=shown))
