"""Where in a message the words stand that somebody searched: a piece of its text, and files by name.

Only of messages that are read in full.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models.functions import Substr

from ..mail.text import html_to_text
from ..models import Attachment, Message
from . import highlight
from .letters import Letter
from .listed_files import files_of


@dataclass(frozen=True)
class Piece:
    """Of the text, round the first word; "" where none stands in it. ``files``: whose names hold a word."""

    text: str = ""
    files: list[Attachment] = field(default_factory=list)


#: Of a message that is shown in part, or without the words.
NOWHERE = Piece()


def pieces(shown: Collection[Letter], searched: str) -> dict[int, Piece]:
    """By message; none of those that are shown in part. In two queries."""
    whole = [one.message.pk for one in shown if one.is_whole]
    if not whole or not searched:
        return {}
    attached: dict[int, list[Attachment]] = defaultdict(list)
    for one in Attachment.objects.filter(message__in=whole):
        attached[one.message_id].append(one)
    texts = _texts(whole)
    return {
        pk: Piece(
            highlight.window(texts.get(pk, ""), searched),
            [one for one in files_of(attached[pk]) if highlight.names(one.name, searched)],
        )
        for pk in whole
    }


def _texts(pks: list[int]) -> dict[int, str]:
    """The beginning of each message's words."""
    some = Message.objects.filter(pk__in=pks).annotate(
        words=Substr("text", 1, highlight.LOOKED_AT), markup=Substr("html", 1, highlight.LOOKED_AT)
    )
    return {
        pk: words or html_to_text(markup) for pk, words, markup in some.values_list("pk", "words", "markup")
    }
