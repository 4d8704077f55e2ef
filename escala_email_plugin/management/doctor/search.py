"""Whether all mail can be found."""

from collections.abc import Iterator

from ...sync import search_index
from .finding import Finding, Level


def search() -> Iterator[Finding]:
    """Whether older mail still waits to be searched."""
    if search_index.is_complete():
        yield Finding("search", Level.OK, "All mail can be searched.")
    else:
        says = f"Older mail is being prepared for the search: {search_index.share_done():.0%} is."
        remedy = "The worker goes on each minute; “manage.py escala_email reindex” does all of it now."
        yield Finding("search", Level.ADVICE, says, remedy)
