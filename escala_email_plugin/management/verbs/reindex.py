"""``reindex``: mend the index of the records' addresses."""

from collections.abc import Callable
from typing import Any

from ...record_index import reindex

HELP = (
    "Read every record's addresses again: needed after bulk writes and imports, "
    "and after ESCALA_EMAIL['MODULES'] changed."
)


def run(options: dict[str, Any], say: Callable[[str], object]) -> None:
    """Mend RecordAddress, in bounded memory, saying how far it is."""
    last: dict[str, tuple[int, int]] = {}
    for label, read, changed in reindex():
        last[label] = (read, changed)
        if options["verbosity"] > 1:
            say(f"{label}: {read}")
    for label, (read, changed) in last.items():
        say(f"{label}: {read} records read, {changed} addresses mended.")
