"""The conversations that somebody tied to a record by hand, or untied from it."""

from typing import Any

from django.db.models import Q

from .models import RecordThread
from .visibility import Knowing

Ties = tuple[frozenset[int], frozenset[int]]


def ties_of(content_type: Any, object_id: Any, user: Any = None) -> Ties:
    """``(tied, untied)``, ids of threads. One query; none for a ``Reader`` of that record, who knows."""
    if isinstance(user, Knowing) and user.of == (content_type, str(object_id)):
        return user.tied, user.untied
    rows = RecordThread.objects.filter(content_type=content_type, object_id=str(object_id))
    made = dict(rows.values_list("thread", "is_tied"))
    tied = frozenset(thread for thread, is_tied in made.items() if is_tied)
    return tied, frozenset(made) - tied


def with_ties(linked: Q, ties: Ties) -> Q:
    """What holds of a record's messages, where ``linked`` holds of those that its addresses make its own."""
    tied, untied = ties
    if tied:
        linked |= Q(thread__in=tied)
    return linked & ~Q(thread__in=untied) if untied else linked
