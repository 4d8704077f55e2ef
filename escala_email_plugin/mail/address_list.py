"""The structure of an address list header: which tokens are names, which are addresses.

A reader of tokens with a flat state: nothing recurses, and every character is looked at once.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from .charsets import raw_text

#: Characters of a field that are read; an element that this cuts in two is left out.
LONGEST = 1_000_000

#: Characters of a field that is first taken for a list of plain mailboxes.
ORDINARY = 20_000

#: Mailboxes of a field, and tokens of one of them.
MOST = 100_000
LONGEST_ELEMENT = 5_000

# In a phrase an encoded word may, against RFC 2047, hold commas and the like; never anything an
# address could hide in.
_TOKEN = re.compile(
    r"""
    (?P<gap>[ \t\r\n]++)
  | (?P<word>=\?[^?\s"<>@]{1,60}\?[bBqQ]\?[^?"<>@\r\n]{0,1000}+\?=)
  | (?P<atom>[^\s"(),.:;<>@\[\\\]]++ | [^\S \t\r\n])
  | (?P<quoted>"(?:[^"\\]|\\.)*+")
  | (?P<literal>\[[^\[\]\\]*+\])
  | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PAREN = re.compile(r"[()]|\\.", re.DOTALL)
# Nearly every mailbox, and what separates it from the next: nothing to be careful about.
_PLAIN = re.compile(
    r"""
    [ \t\r\n,]*+
    (?P<angle>
        (?: (?P<name>[^\x00-\x1f"(),:;<>@\[\\\]\x7f]*+) | "(?P<quoted>[^\x00-\x1f"\\\x7f]*+)"[ ]*+ ) <
    )?
    (?P<local>[!#$%&'*+/=?^_`{|}~A-Za-z0-9.-]++)@(?P<domain>[A-Za-z0-9._-]++)
    (?(angle)>)
    [ \t\r\n]*+ (?:,[ \t\r\n,]*+|\Z)
    """,
    re.VERBOSE,
)


class Element(NamedTuple):
    """A mailbox as it is written: the raw name, the local part (quotes and all) and the domain."""

    name: str
    local: str
    domain: str


class _Token(NamedTuple):
    kind: str
    text: str


def elements(field: bytes | str) -> Iterator[Element]:
    """The well-formed mailboxes of an address list, a group's members among them. Never raises."""
    text = raw_text(field)
    if plain := _all_plain(text):
        yield from plain
        return
    count = 0
    for tokens in _split(text):
        if element := _element(tokens):
            yield element
            count += 1
            if count == MOST:
                return


def _all_plain(text: str) -> list[Element]:
    """The mailboxes of a list in which each is as nearly all are; none where one is not.

    An encoded word that holds a comma is cut by it into something that is no mailbox.
    """
    found: list[Element] = []
    position, end = 0, len(text)
    if end > ORDINARY:
        return found
    while position < end:
        plain = _PLAIN.match(text, position)
        if not plain or "=?" in plain["local"]:  # where an encoded word begins, a name does
            return []
        found.append(Element(plain["name"] or plain["quoted"] or "", plain["local"], plain["domain"]))
        position = plain.end()
    return found


def _split(text: str) -> Iterator[list[_Token]]:
    """The tokens of each element. An element with a stray mark has that mark in it and fails later.

    Commas inside angle brackets separate nothing; members of a group that never ends are dropped.
    """
    cut = len(text) > LONGEST
    current: list[_Token] = []
    members: list[list[_Token]] | None = None
    angle = False
    words = None  # whether the current tokens may be a group's name; None before its first word
    for token in _tokens(text[:LONGEST]):
        if token is None:
            return  # a quotation or comment never ends: nothing after its start is certain
        kind, mark = token
        if kind == "mark" and mark == "<":
            angle = True
        elif kind == "mark" and mark == ">":
            angle = False
        elif kind == "mark" and not angle:
            if mark == ":" and members is None and words:
                current, members, words = [], [], False
                continue
            if mark in (",", ";"):  # ";" outside a group is wrong, common and clear
                if members is None:
                    yield current
                    current, words = [], None
                elif mark == ",":
                    members.append(current)
                    current = []
                else:
                    yield from (*members, current)
                    members, current = None, [_BROKEN]  # only a comma may follow a group
                continue
        if kind == "mark" and mark != ".":
            words = False
        elif words is None and kind in ("atom", "word", "quoted"):
            words = True
        if len(current) < LONGEST_ELEMENT:
            current.append(token)
        elif current[-1] is not _BROKEN:
            current.append(_BROKEN)
    if not (cut or angle or members is not None):
        yield current


#: A mark no mailbox may hold.
_BROKEN = _Token("mark", ";")


def _tokens(text: str) -> Iterator[_Token | None]:
    """The tokens; a comment is one. None, and no more, where a quotation or comment does not end."""
    position, end = 0, len(text)
    while position < end:
        found = _TOKEN.match(text, position)
        kind, mark = str(found.lastgroup), found[0]
        position = found.end()
        if kind == "mark" and mark == "(":
            position, start = _comment_end(text, position), position
            if position < 0:
                yield None
                return
            yield _Token("comment", text[start : position - 1])
        elif kind == "mark" and mark == '"':
            yield None
            return
        else:
            yield _Token(kind, mark)


def _comment_end(text: str, position: int) -> int:
    """Where a comment ends that was opened just before ``position``; comments nest. -1: nowhere."""
    depth = 1
    for found in _PAREN.finditer(text, position):
        if found[0] == "(":
            depth += 1
        elif found[0] == ")":
            depth -= 1
            if not depth:
                return found.end()
    return -1


def _element(tokens: list[_Token]) -> Element | None:
    """The mailbox these tokens are; None for what is none, or not for certain."""
    opening = next((n for n, token in enumerate(tokens) if token == ("mark", "<")), None)
    comments = [token.text for token in tokens if token.kind == "comment"]
    if opening is None:
        pair = _addr_spec(tokens)
        return Element(" ".join(comments), *pair) if pair else None
    closing = next((n for n, token in enumerate(tokens) if token == ("mark", ">")), -1)
    after = tokens[closing + 1 :]
    if closing < opening or any(token.kind not in ("gap", "comment") for token in after):
        return None
    before = tokens[:opening]
    if any(token.kind == "mark" and token.text not in ".@\\" for token in before):
        return None
    pair = _addr_spec(_without_route(tokens[opening + 1 : closing]))
    return Element(_phrase(before) or " ".join(comments), *pair) if pair else None


def _without_route(tokens: list[_Token]) -> list[_Token]:
    """What stands behind an obsolete route (``@relay,@relay:``), which is to be ignored (RFC 5322 4.4)."""
    tokens = _trimmed(tokens)
    if not tokens or tokens[0] != ("mark", "@"):
        return tokens
    end = next((n for n, token in enumerate(tokens) if token == ("mark", ":")), -1)
    return tokens[end + 1 :]


def _phrase(tokens: list[_Token]) -> str:
    """The name before an angle bracket, as written but without quotation marks."""
    text = "".join(
        re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL) if token.kind == "quoted" else token.text
        for token in tokens
        if token.kind != "comment"
    )
    return text.strip()


def _addr_spec(tokens: list[_Token]) -> tuple[str, str] | None:
    """The two sides of an address. Blanks and comments only at the ends and round the @ (RFC 5322 4.4)."""
    sides: list[list[_Token]] = [[]]
    for token in tokens:
        if token == ("mark", "@"):
            sides.append([])
        else:
            sides[-1].append(token)
    if len(sides) != 2:
        return None
    local, domain = (_trimmed(side) for side in sides)
    if len(local) == 1 and local[0].kind == "quoted":
        return local[0].text, "".join(token.text for token in domain) if _dotted(domain) else ""
    if _dotted(local) and _dotted(domain):
        return "".join(token.text for token in local), "".join(token.text for token in domain)
    return None


def _trimmed(tokens: list[_Token]) -> list[_Token]:
    start, end = 0, len(tokens)
    while start < end and tokens[start].kind in ("gap", "comment"):
        start += 1
    while end > start and tokens[end - 1].kind in ("gap", "comment"):
        end -= 1
    return tokens[start:end]


def _dotted(tokens: list[_Token]) -> bool:
    return bool(tokens) and all(token.kind == "atom" or token == ("mark", ".") for token in tokens)
