"""E-mail addresses: one canonical form, an exact reading of header fields and a fast one for scans.

Who a message is shown to hangs on this reading, so what is ambiguous is left out: a name that
looks like an address never becomes one (compare CVE-2023-27043).
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import idna

from .address_list import elements
from .headers import decoded

#: Characters of an address (RFC 5321 4.5.3.1.3, without the angle brackets).
LONGEST = 254

#: Bytes of a field whose reading is remembered for a while.
REMEMBERED = 500

_ATOM = re.compile(r"[!#$%&'*+/=?^_`{|}~A-Za-z0-9-]+(?:\.[!#$%&'*+/=?^_`{|}~A-Za-z0-9-]+)*+")
_DOMAIN = re.compile(
    r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*+\.?"
)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"')
_SPECIAL = frozenset(' "(),:;<>@[\\]')

# A plain token round an @. The look-behind keeps the search linear on long runs without one.
_PLAIN = re.compile(
    rb"(?<![!#$%&'*+/=?^_`{|}~a-z0-9.-])[!#$%&'*+/=?^_`{|}~a-z0-9.-]++@[a-z0-9_][a-z0-9._-]*+"
)


class BadAddress(ValueError):
    """The text is no address one could write to."""


class Mailbox(NamedTuple):
    """Somebody in an address field: the name shown, "" if none, and the canonical address."""

    name: str
    address: str


@lru_cache(maxsize=8192)
def canonical(text: str) -> str:
    """The canonical form of one bare address (RFC 5322 addr-spec, RFC 6531 for other alphabets).

    Lower case throughout, tags ("ana+policies@…") kept, the domain as IDNA A-labels (UTS #46) without
    its final dot, a local part quoted only where it must be. Applied twice it changes nothing.

    Raises BadAddress for anything else: a display name, blanks, controls, several @, an empty part,
    an address literal, more than 254 characters.
    """
    if not isinstance(text, str) or len(text) > LONGEST or text.count("@") != 1:
        raise BadAddress
    local, _, domain = text.partition("@")
    result = f"{_local(local)}@{_domain(domain)}"
    if len(result.encode()) > LONGEST:
        raise BadAddress
    return result


def _local(text: str) -> str:
    if text.isascii() and _ATOM.fullmatch(text):
        return text.lower()
    quoted = _QUOTED.fullmatch(text)
    if quoted:
        text = re.sub(r"\\(.)", r"\1", quoted[1])
    text = _other_alphabet(text.lower()) if not text.isascii() else text.lower()
    if not text or not text.isprintable() or " " in text:
        raise BadAddress
    if not _SPECIAL.intersection(text) and "" not in text.split("."):
        return text
    if not quoted:
        raise BadAddress
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'


def _other_alphabet(text: str) -> str:
    """A local part with letters beyond ASCII; refuses look-alikes of other characters, such as ＠."""
    try:
        text = unicodedata.normalize("NFC", text)
        if unicodedata.normalize("NFKC", text) != text:
            raise BadAddress
    except UnicodeError:
        raise BadAddress from None
    if unicodedata.normalize("NFC", text.lower()) != text:
        raise BadAddress
    return text


def _domain(text: str) -> str:
    lower = text.lower()
    if not text.isascii() or "xn--" in lower:
        try:
            lower = idna.encode(text, uts46=True, transitional=False).decode("ascii").lower()
        except (UnicodeError, ValueError, IndexError):
            raise BadAddress from None
    if not _DOMAIN.fullmatch(lower):
        raise BadAddress
    return lower.removesuffix(".")


def canonical_domain(text: str) -> str:
    """The form in which a bare domain stands in a canonical address. Raises BadAddress."""
    if len(text) > LONGEST:
        raise BadAddress
    return _domain(text)


def mailboxes(field: bytes | str) -> list[Mailbox]:
    """The mailboxes of an address list header (RFC 5322 3.4), in their order.

    Structure first: encoded words (RFC 2047) are decoded when it is known that they are in a name.
    A group's members count. What is ambiguous or broken is left out, never guessed. Never raises;
    linear in the length of ``field``, of which the first megabyte and 100,000 mailboxes are read.
    """
    return list(_remembered(field) if len(field) <= REMEMBERED else _read(field))


def _read(field: bytes | str) -> tuple[Mailbox, ...]:
    found = []
    for name, local, domain in elements(field):
        # A local part that holds an encoded word's marks is a torn display name.
        if "=?" in local or "?=" in local:
            continue
        try:
            address = canonical(f"{local}@{domain}")
        except BadAddress:
            continue
        found.append(Mailbox(decoded(name), address))
    return tuple(found)


# A message's fields are read when its mailbox is scanned and again with the message, and the same people
# write again and again.
_remembered = lru_cache(maxsize=2048)(_read)


def loose(field: bytes) -> tuple[set[str], bool]:
    """What looks like an address in raw address headers, in lower case, and whether that is certain.

    ``field`` may be one field or a whole block. Certain: ``mailboxes`` finds nothing that is not among them
    (it may find fewer: a name may look like an address). Else the caller has to read exactly.
    """
    field = field.lower()
    tokens = _PLAIN.findall(field)
    certain = field.isascii() and len(tokens) == field.count(b"@") and b"xn--" not in field
    return {token.decode("ascii").rstrip(".") for token in tokens}, certain
