"""``reindex``: mend the index of the records' addresses, and that by which mail is searched."""

from collections.abc import Callable
from typing import Any

from ...record_index import reindex
from ...sync import search_index

HELP = (
    "Read every record's addresses again: needed after bulk writes and imports, "
    "and after ESCALA_EMAIL['MODULES'] changed. Then prepare all mail for the search anew."
)


def run(options: dict[str, Any], say: Callable[[str], object]) -> None:
    """Mend RecordAddress and SearchEntry, in bounded memory, saying how far it is."""
    last: dict[str, tuple[int, int]] = {}
    for label, read, changed in reindex():
        last[label] = (read, changed)
        if options["verbosity"] > 1:
            say(f"{label}: {read}")
    for label, (read, changed) in last.items():
        say(f"{label}: {read} records read, {changed} addresses mended.")
    done = 0
    for done in search_index.rebuild():
        if options["verbosity"] > 1:
            say(f"search: {done}")
    say(f"search: {done} messages prepared.")
