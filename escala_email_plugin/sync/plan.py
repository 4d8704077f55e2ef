"""How to find the messages of some addresses: read every address header, or let the server search.

A search costs the server a look at each message for each address, and the line nearly nothing; headers cost
the line some 250 bytes a message, whatever the number of addresses. The figures are those of
``tests/bench plan``.
"""

from collections.abc import Callable, Collection
from functools import partial

from django.db.models import Exists, OuterRef

from ..models import Address, RecordAddress
from .mailbox import Mailbox

#: Seconds a server needs for each message and address of a SEARCH.
SEARCH = 5e-7
#: Seconds it needs to open a message for it, whatever the addresses.
LOOK = 2e-5
#: Seconds a message's address headers need: at the server, on an ordinary line (20 Mbit/s), and here.
HEADERS = 1.5e-4
#: No more addresses than that are ever searched for.
FEW = 50
#: Below that nobody notices the difference, and reading headers is the way that depends on nobody's index.
SMALL_FOLDER = 5_000

Find = Callable[[int, int], list[int]]


def is_search_cheaper(messages: int, addresses: Collection[str]) -> bool:
    """Whether SEARCH finds what ``addresses`` wrote or were written among ``messages`` for less.

    Never for addresses that a header may spell in several ways: servers compare it as it was written.
    """
    if messages < SMALL_FOLDER or len(addresses) > FEW or not all(map(_has_one_spelling, addresses)):
        return False
    return messages * (LOOK + SEARCH * 4 * len(addresses)) < messages * HEADERS / 2


def _has_one_spelling(address: str) -> bool:
    """Not with letters beyond ASCII, in the domain (IDNA) neither, nor where it must be quoted."""
    return address.isascii() and "xn--" not in address and '"' not in address


def finder(mailbox: Mailbox, messages: int, addresses: Collection[str]) -> Find:
    """What tells the UIDs to look at in a window of the open folder, the cheaper way."""
    if addresses and is_search_cheaper(messages, addresses):
        return partial(_search, mailbox, sorted(addresses))
    return mailbox.find


def few_contacts() -> list[str]:
    """The addresses of all the host's records, as long as they are few enough to be searched for."""
    found = Address.objects.filter(Exists(RecordAddress.objects.filter(address=OuterRef("pk"))))
    values = list(found.values_list("value", flat=True)[: FEW + 1])
    return values if len(values) <= FEW else []


def _search(mailbox: Mailbox, addresses: list[str], low: int, high: int) -> list[int]:
    return mailbox.session.search(low, high, addresses)
