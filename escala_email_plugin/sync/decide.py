"""Whether a message is taken, and why. Pure: the same input gives the same answer for ever."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from ..mail.patterns import Patterns

NOBODY = Patterns()


class Reason(StrEnum):
    """Why a message was taken or left."""

    CONTACT = "contact"
    NO_CONTACT = "no_contact"
    NEVER_DOWNLOAD = "never_download"
    ERASED = "erased"
    NOT_CONTACT = "not_contact"


@dataclass(frozen=True)
class Rules:
    """What is decided by.

    ``contacts``: canonical addresses of the host's records. ``own``: addresses of the
    connected accounts, which match nothing even when a record holds them; else a seller who is
    a contact too would bring in a whole mailbox. ``never``: those whose mere presence keeps
    a message out. ``not_contact``: those who are passed over, as if no record had them.
    ``erased``: people who were erased (``erased.now``), whose presence keeps a message out too.
    """

    contacts: Collection[str]
    own: Collection[str] = frozenset()
    never: Patterns = NOBODY
    not_contact: Patterns = NOBODY
    erased: Collection[str] = frozenset()


@dataclass(frozen=True)
class Decision:
    """Whether to take a message, the reason, and the addresses that decided."""

    take: bool
    reason: Reason
    matched: frozenset[str] = frozenset()


def decide(people: Iterable[str], rules: Rules) -> Decision:
    """Decide about a message from the canonical addresses of its From, To, Cc and Bcc."""
    people = frozenset(people)
    if gone := frozenset(one for one in people if one in rules.erased):
        return Decision(False, Reason.ERASED, gone)
    if refused := rules.never.among(people):
        return Decision(False, Reason.NEVER_DOWNLOAD, refused)
    matched = frozenset(one for one in people if one in rules.contacts and one not in rules.own)
    passed_over = rules.not_contact.among(matched)
    if counting := matched - passed_over:
        return Decision(True, Reason.CONTACT, counting)
    if passed_over:
        return Decision(False, Reason.NOT_CONTACT, passed_over)
    return Decision(False, Reason.NO_CONTACT)
