"""What an erasure counts, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from ..privacy.erase_person import COUNTED

#: By the names of a report.
WORDS = {
    "removed": _("Messages removed"),
    "redacted": _("Messages kept for other contacts, without this person"),
    "places": _("Places of the removed messages in mailboxes"),
    "attachments": _("Attachments removed"),
    "set_aside": _("Messages removed that had been set aside"),
    "requests": _("Requests for access removed"),
    "grants": _("Grants of access removed"),
    "rules": _("Entries removed from lists"),
    "searches": _("Searches for earlier mail ended"),
    "tallies": _("Counts of checks removed"),
}


def lines(counts: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Each count that is told, with its words: messages always, the others where there are any."""
    always = ("removed", "redacted")
    return [(str(WORDS[name]), counts.get(name, 0)) for name in COUNTED if name in always or counts.get(name)]
