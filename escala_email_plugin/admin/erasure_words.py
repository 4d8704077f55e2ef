"""What an erasure counts, in words that are true before it and after it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from ..privacy.erase_person import COUNTED

#: By the names of a report.
WORDS = {
    "removed": _("Messages"),
    "redacted": _("Messages that stay for other contacts, without this person"),
    "places": _("Copies in mailboxes"),
    "attachments": _("Attachments"),
    "set_aside": _("Messages that were set aside"),
    "requests": _("Requests for access"),
    "grants": _("Grants of access"),
    "rules": _("Entries in lists"),
    "searches": _("Searches for earlier mail"),
    "tallies": _("Counts of checks"),
    "senders": _("Choices to show this sender's pictures"),
}


def lines(counts: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Each count that is told, with its words: messages always, the others where there are any."""
    always = ("removed", "redacted")
    return [(str(WORDS[name]), counts.get(name, 0)) for name in COUNTED if name in always or counts.get(name)]


def all_lines(counts: Mapping[str, Any]) -> list[tuple[str, int]]:
    """The same with the counts of which there are none."""
    return [(str(WORDS[name]), counts.get(name, 0)) for name in COUNTED]
