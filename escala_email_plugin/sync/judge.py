"""Which messages concern a contact, by their address headers alone."""

from collections.abc import Mapping

from .. import addresses
from ..models import EmailAccount
from . import people, rules
from .decide import decide


def judge(account: EmailAccount, headers: Mapping[int, bytes]) -> dict[int, frozenset[str]]:
    """UID → the contacts' addresses that decided, for those of ``headers`` that are taken as of now.

    Read loosely first: the exact reading is for those that may concern a contact.
    """
    candidates = {uid: people.candidates(raw) for uid, raw in headers.items()}
    now = rules.of(account, addresses.known(set().union(*candidates.values())))
    found = {}
    for uid, some in candidates.items():
        if not now.contacts.isdisjoint(some):
            decision = decide(people.named(headers[uid]), now)
            if decision.take:
                found[uid] = decision.matched
    return found
