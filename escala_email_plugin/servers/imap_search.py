"""SEARCH: which messages of the open folder are there, and which concern an address.

What is looked for comes from strangers: it goes in quotes or as a literal, and cannot become a command.
"""

import re
from collections.abc import Iterable, Iterator

from .imap_client import checked
from .imap_connection import ImapConnection
from .imap_fetch import MAX_SET, uid_sets

#: UIDs asked about at once, so that the answer fits into the million bytes imaplib reads of a line.
WIDEST = 50_000
#: Characters of a text that is looked for.
LONGEST = 1000
_FIELDS = ("FROM", "TO", "CC", "BCC")
_CONTROLS = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_ASCII_WORDS = re.compile(r"(?<!\S)[!-~]+(?: [!-~]+)*(?!\S)")


class Search(ImapConnection):
    """The commands that find messages. A folder must be open."""

    def uids(self, low: int, high: int) -> list[int]:
        """The UIDs from ``low`` to ``high``, both included, ascending. At most 60,000 apart: the
        answer is one line, and imaplib reads none past a million bytes.
        """
        low = max(low, 1)
        if low > high:
            return []
        return sorted(uid for uid in self._search("UID", f"{int(low)}:{int(high)}") if low <= uid <= high)

    def present(self, uids: Iterable[int]) -> set[int]:
        """Those of ``uids`` that are still in the folder."""
        wanted = set(uids)
        there: set[int] = set()
        if not wanted:
            return there
        with self._operation() as client:
            # Until then a server may go on showing what others have expunged (RFC 9051 7.5.1).
            client.protocol.noop()
        for uid_set, members in uid_sets(wanted, WIDEST):
            there |= self._search("UID", uid_set).intersection(members)
        return there

    def search(self, low: int, high: int, addresses: Iterable[str]) -> list[int]:
        """The UIDs in the window of messages from, to or copied to one of ``addresses``, ascending.

        Servers look for parts of a field, or for words: read the headers of what is found. What one
        command finds is bounded as in ``uids``. Raises ValueError for an address that is empty or
        not printable ASCII.
        """
        queries = list(_queries(addresses))
        low = max(low, 1)
        found: set[int] = set()
        if low <= high:
            for query in queries:
                found |= self._search("UID", f"{int(low)}:{int(high)}", query)
        return sorted(uid for uid in found if low <= uid <= high)

    def find(self, *, address: str = "", message_id: str = "", subject: str = "") -> list[int]:
        """The UIDs of messages that have all that is given, the newest last; none where nothing is.

        ``subject`` and ``address`` may be parts. A server that knows only ASCII (Exchange) is asked for
        the longest ASCII words of a text, so more may be found than what was meant. Raises ValueError
        for control characters and for more than 1,000 characters.
        """
        wanted = [(_FIELDS, address), (("HEADER Message-ID",), message_id), (("SUBJECT",), subject)]
        found: set[int] | None = None
        for keys, text in wanted:
            if text:
                _check(text)
                these = self._having(keys, text)
                found = these if found is None else found & these
        return sorted(found or ())

    def _having(self, keys: tuple[str, ...], text: str) -> set[int]:
        if text.isascii():
            return self._search(_either([f"{key} {_quoted(text)}" for key in keys]))
        found: set[int] = set()
        for key in keys:
            # A command takes one literal (imaplib), so each field is asked for by itself.
            these = self._search_unicode(key, text)
            if these is None:
                return self._having(keys, max(_ASCII_WORDS.findall(text), key=len))
            found |= these
        return found

    def _search(self, *criteria: str) -> set[int]:
        with self._operation() as client:
            return _numbers(checked(*client.protocol.uid("SEARCH", *criteria)))

    def _search_unicode(self, key: str, text: str) -> set[int] | None:
        """None where the server knows no UTF-8 and there are ASCII words to look for instead."""
        with self._operation() as client:
            client.protocol.literal = text.encode()
            typ, data = client.protocol.attempt("UID", "SEARCH", "CHARSET", "UTF-8", key)
            if typ != "OK" and b"BADCHARSET" in data[-1].upper() and _ASCII_WORDS.search(text):
                return None
            checked(typ, data)
            return _numbers(client.protocol.untagged("SEARCH"))


def _numbers(lines: Iterable[bytes | None]) -> set[int]:
    # "* SEARCH 1 2 (MODSEQ 3)" (RFC 7162 3.1.5); none at all where nothing is found.
    return {int(word) for line in lines if line for word in line.split(b"(")[0].split()}


def _queries(addresses: Iterable[str]) -> Iterator[str]:
    """Search keys for ``addresses``, each short enough for one command. Raises ValueError."""
    keys: list[str] = []
    length = 0
    for address in dict.fromkeys(addresses):
        if not address.isascii():
            raise ValueError("only ASCII addresses can be searched for")
        _check(address)
        more = [f"{field} {_quoted(address)}" for field in _FIELDS]
        longer = sum(len(key) + len(" OR ") for key in more)
        if keys and length + longer > MAX_SET:
            yield _either(keys)
            keys, length = [], 0
        keys += more
        length += longer
    if keys:
        yield _either(keys)


def _either(keys: list[str]) -> str:
    """OR takes two (RFC 9051 6.4.4): a balanced tree, for servers that bound the depth."""
    if len(keys) == 1:
        return keys[0]
    middle = len(keys) // 2
    return f"OR {_either(keys[:middle])} {_either(keys[middle:])}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _check(text: str) -> None:
    if not text or len(text) > LONGEST or _CONTROLS.search(text):
        raise ValueError("a text that cannot be searched for")
