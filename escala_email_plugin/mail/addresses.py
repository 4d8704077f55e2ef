"""E-mail addresses: canonical form, and the exact and the loose reading of an address list.

Which contact a message concerns hangs on this, so what is ambiguous or broken is left
out, never guessed, and a display name never becomes an address.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import idna

from .headers import decoded
from .text import cleaned

LONGEST = 254

_LOCAL = re.compile(r"[^\s\x00-\x20\x7f\"(),:;<>@\[\\\]]+")
_ASCII_DOMAIN = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*")


class BadAddress(ValueError):
    """What was given is not one e-mail address."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A display name, "" where there is none, and a canonical address."""

    name: str
    address: str


def canonical(text: str) -> str:
    """The one way an address is written here: lower case, the domain in ASCII (IDNA), plus-tags kept.

    ``text`` is a bare addr-spec (RFC 5322 3.4.1). Raises BadAddress for anything else: names,
    spaces, control characters, domain literals, more than one ``@``.
    """
    local, at, domain = text.strip(" ").rpartition("@")
    if len(text) > LONGEST * 2 or not at:
        raise BadAddress("not an address")
    if len(local) > 1 and local[0] == local[-1] == '"':
        local = local[1:-1]
    if not _LOCAL.fullmatch(local) or any(unicodedata.category(one)[0] in "CZ" for one in local):
        raise BadAddress("not a local part")
    address = f"{unicodedata.normalize('NFC', local).lower()}@{_domain(domain)}"
    if len(address) > LONGEST or cleaned(address) != address:
        raise BadAddress("not an address")
    return address


def _domain(text: str) -> str:
    domain = text.removesuffix(".")
    if domain.isascii():
        lower = domain.lower()
        if "xn--" not in lower:
            if _ASCII_DOMAIN.fullmatch(lower):
                return lower
            raise BadAddress("not a domain")
    try:
        return idna.encode(domain, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError, ValueError, IndexError):
        raise BadAddress("not a domain") from None


# The loose reading

_QUOTED = re.compile(rb'"[^"@\\]*"')
_TOKEN = re.compile(rb"[^\s<>()\[\],;:\"@\\]+@[^\s<>()\[\],;:\"@\\]+")


def loose(field: bytes) -> tuple[set[str], bool]:
    """``(addresses, certain)`` of a raw address header, fast, for scans.

    Where it is certain, it holds every address ``mailboxes`` finds, and perhaps one of a display name more.
    Where it is not, only ``mailboxes`` knows.
    """
    if not field.isascii():
        return set(), False
    lower = _QUOTED.sub(b" ", field) if b'"' in field else field
    lower = lower.lower()
    found = _TOKEN.findall(lower)
    odd = any(mark in lower for mark in (b'"', b"(", b"\\", b"xn--"))
    certain = not odd and len(found) == lower.count(b"@")
    return {one.decode("ascii").removesuffix(".") for one in found}, certain


# The exact reading


def mailboxes(field: bytes | str) -> list[Mailbox]:
    """The mailboxes of an address list (RFC 5322 3.4, and the obsolete forms people still send).

    Members of groups count. Never raises; linear in the length of ``field``.
    """
    text = _text(field) if isinstance(field, bytes) else field
    found: list[Mailbox] = []
    for entry in _entries(text):
        mailbox = entry.mailbox()
        if mailbox is not None:
            found.append(mailbox)
    return found


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


@dataclass
class _Entry:
    """What stands between two commas."""

    words: list[str]
    comments: list[str]
    angle: str | None = None
    broken: bool = False

    def mailbox(self) -> Mailbox | None:
        """None where it is no mailbox, or nobody can tell which."""
        if self.broken:
            return None
        spec = self._spec()
        if spec is None:
            return None
        try:
            address = canonical(spec)
        except BadAddress:
            return None
        return Mailbox(self._name(), address)

    def _spec(self) -> str | None:
        if self.angle is None:
            spec = _unspaced("".join(self.words).strip())
        else:
            spec = _unspaced(self.angle.strip())
            if spec.startswith("@") and ":" in spec:  # an obsolete route: <@relay,@relay:ana@example.com>
                spec = spec.partition(":")[2]
        return spec if "@" in spec and not any(one.isspace() for one in spec) else None

    def _name(self) -> str:
        if self.angle is None:
            return decoded(" ".join(self.comments))
        words = "".join(_unquoted(word) for word in self.words)
        return decoded(words) or decoded(" ".join(self.comments))


def _unspaced(spec: str) -> str:
    """``ana @ example.com`` as it is meant."""
    return re.sub(r"\s*@\s*", "@", spec, count=3) if spec.count("@") == 1 and " " in spec else spec


def _unquoted(word: str) -> str:
    if len(word) > 1 and word[0] == '"':
        return re.sub(r"\\(.)", r"\1", word[1:-1])
    return word


#: An encoded word is one word even where it holds what must not be in one.
_PIECES = re.compile(r"=\?[^?\s]{1,40}\?[bq]\?[^?\s]*\?=|\s+|[^\s\"(),:;<>\\=]+|.", re.IGNORECASE | re.DOTALL)


def _entries(text: str) -> Iterator[_Entry]:
    entry = _Entry([], [])
    position = 0
    while position < len(text):
        piece = _PIECES.match(text, position)
        word, position = piece[0], piece.end()
        if word in (",", ";"):
            yield entry
            entry = _Entry([], [])
        elif word == ":":
            # A group's name ends here; what comes is its members. An address before it belongs to nobody.
            entry = _Entry([], [], broken=entry.angle is not None)
        elif word == '"':
            end = _end_of_quoted(text, position)
            if end < 0:
                return
            entry.words.append(text[position - 1 : end])
            position = end
        elif word == "(":
            end = _end_of_comment(text, position)
            if end < 0:
                return
            entry.comments.append(text[position : end - 1])
            entry.words.append(" ")
            position = end
        elif word == "<":
            end = text.find(">", position)
            if end < 0:
                return
            entry.broken = entry.broken or entry.angle is not None
            entry.angle = text[position:end]
            position = end + 1
        elif word in (">", "\\"):
            entry.broken = True
        else:
            if entry.angle is not None and "@" in word:
                entry.broken = True
            entry.words.append(word)
    yield entry


_QUOTED_END = re.compile(r'[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_COMMENT_MARK = re.compile(r"[()\\]")


def _end_of_quoted(text: str, position: int) -> int:
    end = _QUOTED_END.match(text, position)
    return end.end() if end else -1


def _end_of_comment(text: str, position: int) -> int:
    depth = 1
    while mark := _COMMENT_MARK.search(text, position):
        position = mark.end()
        if mark[0] == "\\":
            position += 1
        else:
            depth += 1 if mark[0] == "(" else -1
            if depth == 0:
                return position
    return -1
