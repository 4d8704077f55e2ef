"""One captured mail, read: what is recorded of it, or why nothing is."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ... import addresses
from ...mail.forwarded import as_raw, find
from ...mail.parse import MAX_PEOPLE, Parsed, parse
from ...mail.transfer import Raw
from ...models import CaptureAddress, EmailAccount
from .. import people, rules
from ..decide import Reason, Rules, decide
from ..fetch import Taken
from . import twins
from .address import own_addresses
from .hidden import without_capture_addresses
from .holder import holder
from .invitation import Invitation


@dataclass(frozen=True)
class Filed:
    """``taken``: what is recorded. ``is_unmatched``: that is nothing because no contact takes part;
    ``unmatched`` are the people who could be one. ``is_nobodys``: what was forwarded shows no address of who
    wrote it.
    """

    taken: list[Taken] = field(default_factory=list)
    is_unmatched: bool = False
    unmatched: tuple[Invitation, ...] = ()
    is_nobodys: bool = False


def file(outer: Taken, raw: Raw, one: CaptureAddress, mailbox: EmailAccount) -> Filed:
    """What becomes of ``outer``, which was accepted for ``one``, and of the messages forwarded in it.

    Where a contact takes part in the mail itself, the user wrote to the contact. Else what was forwarded is
    what was meant.
    """
    account, own = holder(one.user), own_addresses(one.user) | {mailbox.address}
    found: list[Taken] = []
    unmatched: dict[str, Invitation] = {}
    is_nobodys = False
    for letter in _letters(outer, raw, account):
        if not _has_sender(letter):
            is_nobodys = is_nobodys or not letter.parsed.own_id  # attached, it is no better
            continue
        named = people.of_message(letter.parsed)
        now = _rules(account, named, own)
        decision = decide(named, now)
        if decision.take:
            found.append(letter)
            if not letter.part:
                break
        elif decision.reason == Reason.NO_CONTACT:
            unmatched |= _outsiders(letter, now) | unmatched
        else:
            return Filed(found)  # left out on purpose, of which nothing is said
    if not found:
        return Filed([], True, tuple(unmatched.values()), is_nobodys)
    return Filed([letter for letter in found if not twins.is_here(letter, account)])


def _letters(outer: Taken, raw: Raw, account: EmailAccount) -> Iterator[Taken]:
    """The mail itself, then those forwarded in it, as long as they are asked for.

    Together they name no more people than one message may: all of them are in memory at once.
    """
    named = 0
    yield _taken(outer, outer.parsed, account, 0)
    for part, inner in enumerate(find(raw), 1):
        try:
            content = as_raw(inner, outer.parsed.sent_at)
            parsed = parse(content, outer.detail.arrived)
        except Exception:  # noqa: S112 (as in fetch: a hostile message must cost itself only)
            continue
        named += len(parsed.people)
        if named > MAX_PEOPLE:
            return
        detail = replace(outer.detail, size=len(content))
        yield _taken(replace(outer, detail=detail), parsed, account, part)


def _taken(outer: Taken, parsed: Parsed, account: EmailAccount, part: int) -> Taken:
    """As the holder's: of whose mailbox the provider's ids say nothing, which are the capture mailbox'."""
    detail = replace(outer.detail, provider_id="", provider_thread="", labels=())
    (taken,) = without_capture_addresses([Taken(outer.uid, parsed, detail, account.pk, part)])
    return taken


def _has_sender(letter: Taken) -> bool:
    return any(person.role == "from" for person in letter.parsed.people)


def _outsiders(letter: Taken, now: Rules) -> dict[str, Invitation]:
    """Who could be a contact, by address, in the order of the header."""
    named = [person for person in letter.parsed.people if person.role in people.FIELDS]
    return {
        one.address: Invitation(one.address, one.name)
        for one in named
        if one.address not in now.own and one.address not in now.not_contact
    }


def _rules(account: EmailAccount, named: set[str], own: frozenset[str]) -> Rules:
    now = rules.of(account, addresses.known(named))
    return replace(now, own=frozenset(now.own) | own)
