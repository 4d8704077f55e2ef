"""Whom the address headers of a message name."""

from collections.abc import Iterator

from ..mail.address_list import LONGEST
from ..mail.addresses import loose, mailboxes
from ..mail.headers import address_headers
from ..mail.parse import Parsed

#: The people of a message; Sender and Reply-To bring nobody in.
FIELDS = ("from", "to", "cc", "bcc")


def candidates(raw: bytes) -> set[str]:
    """Every address the header block may name: never too few, sometimes one of a name or another field.

    Read as one text where that is certain: taking the fields apart takes twice the time. Of a field
    so much is looked at as the exact reading reads; else one header could fill the memory.
    """
    if len(raw) <= LONGEST:
        found, certain = loose(raw)
        if certain:
            return found
    found = set()
    for value in _values(raw):
        some, certain = loose(value[:LONGEST])
        found |= some if certain else {mailbox.address for mailbox in mailboxes(value)}
    return found


def named(raw: bytes) -> set[str]:
    """The addresses the header block really names, by the exact reading."""
    return {mailbox.address for value in _values(raw) for mailbox in mailboxes(value)}


def senders(raw: bytes) -> set[str]:
    """Those of them in From."""
    return {mailbox.address for mailbox in mailboxes(address_headers(raw).get("from", b""))}


def of_message(parsed: Parsed) -> set[str]:
    """The addresses a message that was read whole names in the same fields."""
    return {person.address for person in parsed.people if person.role in FIELDS}


def _values(raw: bytes) -> Iterator[bytes]:
    fields = address_headers(raw)
    return (fields[name] for name in FIELDS if name in fields)
