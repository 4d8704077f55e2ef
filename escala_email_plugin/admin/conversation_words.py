"""How many conversations a page shows, for who hears it, and above a list that is narrowed."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..reading.filters import Filters


def shown_words(page: Any, filters: Filters, *, is_first: bool) -> str:
    """``"3 conversations match."``; lines about what is hidden are no conversations, and of none
    nothing is said but that no filter leaves any.
    """
    number = sum(not item.is_hidden for item in page.items)
    if not number and not (filters and is_first):
        return ""
    if not is_first:
        words = ngettext(
            "%(number)s more conversation is shown.", "%(number)s more conversations are shown.", number
        )
    elif not filters:
        words = ngettext("%(number)s conversation is shown.", "%(number)s conversations are shown.", number)
    elif not number:
        return _("No conversation matches.")
    elif page.next:
        words = ngettext("The newest that matches.", "The newest %(number)s that match.", number)
    else:
        words = ngettext("%(number)s conversation matches.", "%(number)s conversations match.", number)
    return words % {"number": number}
