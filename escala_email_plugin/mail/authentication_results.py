"""What the receiving server says of a sender: the Authentication-Results header (RFC 8601)."""

import re
from collections.abc import Collection, Iterator
from typing import Literal, NamedTuple

from .addresses import BadAddress, canonical
from .charsets import raw_text
from .mime import Unreadable, read_headers

Verdict = Literal["pass", "fail", "none"]

#: Characters of one header that are read. What a server found about one mail is told in far fewer.
LONGEST = 100_000

# A comment is told from a quotation before anything else is looked at: both hold what strangers wrote.
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*+"|\\.|["(\\]|[^"(\\]++', re.DOTALL)
_IN_COMMENT = re.compile(r"[()]|\\.", re.DOTALL)
_ROUND_MARKS = re.compile(r" ?([=/]) ?")
_ROUND_DOT = re.compile(r"\b(smtp|header|body|policy) ?\. ?")
_SPECIAL = re.compile(r"[\s;=()/]")
_BY = re.compile(r"(?:^| )by ([^ ;]++)", re.IGNORECASE)
_HOST = re.compile(r"(?=.*[a-z])[a-z0-9_-]++(?:\.[a-z0-9_-]++)*+")

#: The property that names who is vouched for, by method (RFC 8601 2.7).
_VOUCHED = {"dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom",), "dmarc": ("header.from",)}
_FAILED = {"fail", "hardfail"}


class _Result(NamedTuple):
    method: str
    result: str
    properties: dict[str, str]
    doubtful: bool  #: a property is told twice and differently: somebody else's words may be among them


def verdict(raw_headers: bytes, own_ids: Collection[str], domain: str) -> Verdict:
    """Whether the receiving server found that a mail comes from ``domain``, that of its From.

    ``own_ids``: the authserv-ids of that server. Only the topmost header with one of them counts: a server
    writes above what it was given, and all others may be the sender's own (RFC 8601 1.6, 5). One without an
    authserv-id is nobody's, unless ``own_ids`` has "": Microsoft's servers write it so, and rename those that
    came with a mail to Authentication-Results-Original.

    "pass": DMARC passed, or DKIM or SPF did for an *aligned* domain. "fail": DMARC failed, or all that was
    looked at did. "none": nothing usable was said. Never raises; linear.

    A server that neither writes the header nor takes forged ones out (RFC 8601 5 demands it) would let a
    stranger say "pass". So "pass" is worth no more than "none" where one does not know the server; "fail" is.

    Aligned: the same domain, or one of the two is above the other. DMARC also takes two domains below
    the same registered one, for which a list of registries is needed: those are not aligned here.
    """
    own = {one.strip().lower().rstrip(".") for one in own_ids}
    for value in _fields(raw_headers, "authentication-results"):
        server, results = _read(value)
        if server in own:
            return _verdict(results, _domain(domain))
    return "none"


def own_id_candidates(raw_headers: bytes) -> tuple[str, ...]:
    """The authserv-id the receiving server may use: the host that the topmost Received says took the mail.

    One that only names an IP address (Google's inner hop does) is passed over. Empty where none says.
    """
    for value in _fields(raw_headers, "received"):
        found = _BY.search(" ".join(_without_comments(value).split()))
        host = found[1].lower().rstrip(".") if found else ""
        if _HOST.fullmatch(host):
            return (host,)
        if ":" not in host and not host.strip("[]").replace(".", "").isdigit():
            break
    return ()


def _fields(raw: bytes, name: str) -> list[str]:
    try:
        headers, _ = read_headers(raw, 0, len(raw))
    except Unreadable:
        return []
    return [raw_text(value[:LONGEST]) for value in headers.get(name, ())]


def _verdict(results: list[_Result], domain: str) -> Verdict:
    told = [one for one in results if one.method in _VOUCHED]
    of_dmarc = {one.result for one in told if one.method == "dmarc"}
    if of_dmarc & _FAILED or not domain:
        return "fail" if of_dmarc & _FAILED else "none"
    if any(one.result == "pass" and not one.doubtful and _is_aligned(one, domain) for one in told):
        return "pass"
    # "none" is a mail without a signature or a domain without a policy: nobody looked at anything.
    looked = [one.result for one in told if one.result != "none"]
    return "fail" if looked and all(one in _FAILED for one in looked) else "none"


def _is_aligned(one: _Result, domain: str) -> bool:
    vouched = [one.properties[name] for name in _VOUCHED[one.method] if name in one.properties]
    if not vouched:
        return one.method == "dmarc"  # which is about the domain of From by itself
    return all(_aligned(_domain(value), domain) for value in vouched)


def _aligned(one: str, other: str) -> bool:
    upper, lower = sorted((one, other), key=len)
    return "." in upper and (upper == lower or lower.endswith(f".{upper}"))


def _domain(text: str) -> str:
    """The domain of an address, or of "@domain" or "domain"; "" if it is none."""
    try:
        return canonical("x@" + text.rpartition("@")[2]).rpartition("@")[2]
    except BadAddress:
        return ""


def _read(value: str) -> tuple[str, list[_Result]]:
    """The authserv-id ("" if there is none) and what it says, in order."""
    first, *others = _without_comments(value).split(";")
    server = "" if "=" in first else next(iter(first.split()), "")
    told = others if server else [first, *others]
    return server.lower().rstrip("."), [result for one in told for result in _result(one)]


def _result(text: str) -> Iterator[_Result]:
    text = _ROUND_MARKS.sub(r"\1", " ".join(text.split()))
    words = (word.partition("=") for word in _ROUND_DOT.sub(r"\1.", text).split(" "))
    pairs = [(name.lower(), told) for name, _, told in words if name and told]
    if not pairs:
        return
    properties = dict(reversed(pairs[1:]))
    doubtful = len(set(pairs[1:])) > len(properties)
    yield _Result(pairs[0][0].partition("/")[0], pairs[0][1].lower(), properties, doubtful)


def _without_comments(value: str) -> str:
    """``value`` with a blank for each comment, and quotations as words in which nothing separates.

    What follows a comment or a quotation that never ends is left out: nothing of it is certain.
    """
    out: list[str] = []
    position = 0
    while found := _PIECE.match(value, position):
        piece, position = found[0], found.end()
        if piece == "(":
            position = _comment_end(value, position)
            piece = " "
        if piece == '"' or position < 0:
            break
        if piece.startswith('"'):
            piece = _SPECIAL.sub("_", piece[1:-1].replace("\\", ""))
        out.append(piece)
    return "".join(out)


def _comment_end(value: str, position: int) -> int:
    """Where a comment ends that was opened just before ``position``; comments nest. -1: nowhere."""
    depth = 1
    for found in _IN_COMMENT.finditer(value, position):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if not depth:
            return found.end()
    return -1
