"""One captured mail, read: what is recorded of it, or why nothing is."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

from ... import addresses
from ...mail.parse import Parsed, Unreadable, parse
from ...models import CaptureAddress, EmailAccount
from .. import people, rules
from ..decide import Reason, Rules, decide
from ..fetch import Taken
from . import tags
from .address import own_addresses
from .holder import holder
from .invitation import Invitation


@dataclass(frozen=True)
class Filed:
    """``taken``: what is recorded. ``is_unmatched``: that is nothing because no contact takes part;
    ``unmatched`` are the people who could be one.
    """

    taken: list[Taken] = field(default_factory=list)
    is_unmatched: bool = False
    unmatched: tuple[Invitation, ...] = ()


def file(outer: Taken, inner: Collection[bytes], one: CaptureAddress, mailbox: EmailAccount) -> Filed:
    """What becomes of ``outer``, which was accepted for ``one``, and of the messages forwarded in it.

    Where a contact takes part in the mail itself, the user wrote to the contact. Else what was forwarded is
    what was meant.
    """
    account, own = holder(one.user), own_addresses(one.user) | {mailbox.address}
    letters = [_taken(outer, without_tags(outer.parsed), account, 0)]
    letters += _inner(outer, inner, account)
    unmatched: dict[str, Invitation] = {}
    found: list[Taken] = []
    for letter in letters:
        if letter.part and found and not found[0].part:
            break
        named = people.of_message(letter.parsed)
        decision = decide(named, _rules(account, named, own))
        if decision.take:
            found.append(letter)
        elif decision.reason != Reason.NO_CONTACT:
            return Filed(found)
        else:
            unmatched |= _outsiders(letter, own) | unmatched
    return Filed(found) if found else Filed([], True, tuple(unmatched.values()))


def _outsiders(letter: Taken, own: Collection[str]) -> dict[str, Invitation]:
    """Who could be a contact, by address, in the order of the header."""
    people_in_it = [person for person in letter.parsed.people if person.role in people.FIELDS]
    return {one.address: Invitation(one.address, one.name) for one in people_in_it if one.address not in own}


def without_tags(parsed: Parsed) -> Parsed:
    """The same message without capture addresses among its people: whoever reads one can write to it.

    Its key is what it was, so every copy has the same one.
    """
    shown = tuple(person for person in parsed.people if not tags.of_address(person.address))
    return replace(parsed, people=shown)


def _inner(outer: Taken, inner: Collection[bytes], account: EmailAccount) -> Iterator[Taken]:
    for part, raw in enumerate(inner, 1):
        try:
            parsed = parse(raw, outer.detail.arrived)
        except Unreadable:
            continue
        detail = replace(outer.detail, size=len(raw))
        yield _taken(replace(outer, detail=detail), without_tags(parsed), account, part)


def _taken(outer: Taken, parsed: Parsed, account: EmailAccount, part: int) -> Taken:
    # The provider's ids are those of the capture mailbox, which says nothing of the holder's.
    detail = replace(outer.detail, provider_id="", provider_thread="", labels=())
    return Taken(outer.uid, parsed, detail, account.pk, part)


def _rules(account: EmailAccount, named: set[str], own: frozenset[str]) -> Rules:
    now = rules.of(account, addresses.known(named))
    return replace(now, own=frozenset(now.own) | own)
