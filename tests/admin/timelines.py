"""What a page about a record says: for tests of what is shown of whose mail."""

import re
from typing import Any


def text(response: Any) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def lines(response: Any) -> list[str]:
    """Of each item of a page of conversations: its subject, or whom of us a line names."""
    items = response.context["page"].items
    return [one.who if one.is_hidden else one.newest.message.subject for one in items]
