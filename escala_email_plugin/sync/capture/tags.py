"""The tag in a capture address, and where a message's headers show one. Pure."""

import re
import secrets
from functools import lru_cache

from ...mail.addresses import mailboxes
from ...mail.headers import address_headers

_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
LENGTH = 20

_TAGGED = re.compile(rf"[^@]+\+([a-z2-7]{{{LENGTH}}})@[^@]+")


def new() -> str:
    """A tag nobody can guess: 100 bits, in lower case, for servers that know no other."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(LENGTH))


def address(tag: str, mailbox: str) -> str:
    """The address that brings mail with ``tag`` to ``mailbox`` (subaddressing, as in RFC 5233)."""
    local, _, domain = mailbox.rpartition("@")
    return f"{local}+{tag}@{domain}"


def of_address(value: str) -> str:
    """The tag of a canonical address, "" where it has none that could be ours."""
    found = _TAGGED.fullmatch(value)
    return found[1] if found else ""


def in_headers(raw: bytes, mailbox: str) -> frozenset[str]:
    """The tags of all addresses of ``mailbox`` in a header block, whatever field they stand in."""
    return frozenset(found.decode() for found in _pattern(mailbox).findall(raw.lower()))


def is_addressed(raw: bytes, mailbox: str) -> bool:
    """Whether From, To or Cc names ``mailbox`` itself, without any tag."""
    fields = address_headers(raw)
    named = (one.address for name in ("from", "to", "cc") for one in mailboxes(fields.get(name, b"")))
    return mailbox in named


@lru_cache(maxsize=32)
def _pattern(mailbox: str) -> re.Pattern[bytes]:
    local, _, domain = mailbox.encode().rpartition(b"@")
    # Neither the end of a longer local part, nor the beginning of a longer domain.
    tag = rb"\+([a-z2-7]{%d})@" % LENGTH
    return re.compile(
        rb"(?<![a-z0-9.!#$%&'*+/=?^_`{|}~-])"
        + re.escape(local)
        + tag
        + re.escape(domain)
        + rb"(?![a-z0-9-]|\.[a-z0-9])"
    )
