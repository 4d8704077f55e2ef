"""Entries of a list: an address, a domain, or a domain with all below it; which of them an address matches.

An entry is written in one way: ``ana@example.com``, ``example.com`` for all addresses of that domain, and
``*.example.com`` for those and the addresses of all domains below it.
"""

from collections.abc import Iterable, Iterator

from .addresses import BadAddress, canonical, canonical_domain

#: Characters of an entry.
LONGEST = 254

#: Below these, in a country's domain, others have theirs: com.mx, co.uk, gob.pe, ac.at.
_SECOND_LEVEL = frozenset(
    {"ac", "co", "com", "edu", "go", "gob", "gouv", "gov", "gv", "mil", "ne", "net", "nom", "or", "org"}
)


class BadPattern(ValueError):
    """The text is no entry of a list.

    ``code``: empty · long · control (a character that cannot be seen) · everything (it means every address)
    · top_level (it means all of a country or the like) · wildcard (a * that does not stand for all in front
    of a domain) · no_address (neither an address nor a domain).
    """

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def read(text: str) -> str:
    """The one way to write what somebody wrote: ``@Example.com`` and ``*@example.com`` are ``example.com``.

    Applied twice it changes nothing. Raises BadPattern.
    """
    text = text.strip()
    _refuse_at_sight(text)
    local, at, domain = text.rpartition("@")
    if at and local not in ("", "*"):
        if "*" in text:
            raise BadPattern("wildcard")
        return _address(text)
    below = domain.startswith(("*.", "."))
    result = _domain(domain.lstrip("*").removeprefix(".") if below else domain)
    if "." not in result:
        # A word, as a spreadsheet's heading, is no try at all of a country.
        raise BadPattern("top_level" if at or below else "no_address")
    return f"*.{result}" if below else result


def _refuse_at_sight(text: str) -> None:
    if not text:
        raise BadPattern("empty")
    if len(text) > LONGEST:
        raise BadPattern("long")
    if not text.isprintable():
        raise BadPattern("control")
    if not text.strip("@*."):
        raise BadPattern("everything")


def _address(text: str) -> str:
    try:
        return canonical(text)
    except BadAddress:
        raise BadPattern("no_address") from None


def _domain(text: str) -> str:
    if "*" in text:
        raise BadPattern("wildcard")
    try:
        domain = canonical_domain(text)
    except BadAddress:
        raise BadPattern("no_address") from None
    labels = domain.split(".")
    if len(labels) == 2 and len(labels[1]) == 2 and labels[0] in _SECOND_LEVEL:
        raise BadPattern("top_level")
    if labels[-1].isdigit():  # 192.0.2.1 is no domain
        raise BadPattern("no_address")
    if len(domain) > LONGEST - 2:
        raise BadPattern("long")
    return domain


def candidates(address: str) -> Iterator[str]:
    """Every pattern that means the canonical ``address``, or would if ``read`` let it pass."""
    domain = address.rpartition("@")[2]
    yield address
    yield domain
    yield from _above(domain)


def _above(domain: str) -> Iterator[str]:
    """``*.a.b.c``, ``*.b.c``, ``*.c``."""
    while domain:
        yield f"*.{domain}"
        domain = domain.partition(".")[2]


class Patterns:
    """A set of entries. Whether an address matches one takes a few look-ups, however many there are."""

    __slots__ = ("_domains", "_trees", "_wholes")

    def __init__(self, entries: Iterable[str] = ()):
        wholes, domains, trees = set(), set(), set()
        for entry in entries:
            (wholes if "@" in entry else trees if entry.startswith("*.") else domains).add(entry)
        self._wholes, self._domains, self._trees = wholes, domains, trees

    def __iter__(self) -> Iterator[str]:
        yield from self._wholes
        yield from self._domains
        yield from self._trees

    def __len__(self) -> int:
        return len(self._wholes) + len(self._domains) + len(self._trees)

    def __contains__(self, address: str) -> bool:
        """Whether an entry means the canonical ``address``."""
        if address in self._wholes:
            return True
        if not self._domains and not self._trees:
            return False
        domain = address.rpartition("@")[2]
        return domain in self._domains or self._has_above(domain)

    def among(self, addresses: Iterable[str]) -> frozenset[str]:
        """Those of ``addresses`` that are meant."""
        return frozenset(one for one in addresses if one in self) if len(self) else frozenset()

    def covers(self, entry: str) -> bool:
        """Whether all that ``entry`` means is meant already."""
        if "@" in entry:
            return entry in self
        if entry.startswith("*."):
            return self._has_above(entry[2:])
        return entry in self._domains or self._has_above(entry)

    def outdoes(self, entry: str) -> bool:
        """Whether another entry means all that ``entry`` means, and more."""
        domain = entry.rpartition("@")[2]
        if domain.startswith("*."):
            return self._has_above(domain[2:].partition(".")[2])
        return ("@" in entry and domain in self._domains) or self._has_above(domain)

    def _has_above(self, domain: str) -> bool:
        return bool(self._trees) and not self._trees.isdisjoint(_above(domain))

    @property
    def wholes(self) -> frozenset[str]:
        """The addresses among the entries."""
        return frozenset(self._wholes)

    @property
    def has_domains(self) -> bool:
        return bool(self._domains or self._trees)
