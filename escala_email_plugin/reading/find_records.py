"""Records of the host's modules, by a few words of what they are called: to tie a conversation to one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q

from ..modules import Module, may_see, on
from .searched_fields import leads_to_many, searched_fields
from .whose import path_to_owner, whose

#: Words that count, records shown of each module, and records looked at to find so many.
WORDS, SHOWN, LOOKED_AT = 5, 8, 40


@dataclass(frozen=True)
class Found:
    """``whose``: what the record is called whose addresses are this one's, "" where they are its own."""

    record: Model
    whose: str


def find_records(text: str, user: Any) -> list[Found]:
    """Those of the modules that are on, that ``user`` may see, and in whose texts each word stands.

    One query a module; a bounded number of records.
    """
    words = text[:200].split()[:WORDS]
    return [found for one in on() for found in _of(one, words, user)] if words else []


def _of(module: Module, words: list[str], user: Any) -> Iterator[Found]:
    fields = searched_fields(module)
    if not fields:
        return
    records = module.model._default_manager.all()
    for word in words:
        anywhere = Q()
        for field in fields:
            anywhere |= Q(**{f"{field}__icontains": word})
        records = records.filter(anywhere)
    if leads_to_many(module.model, fields):
        # Each once, however many of its rows have the word.
        records = module.model._default_manager.filter(pk__in=records.order_by().values("pk"))
    if path := path_to_owner(module):
        records = records.select_related(path)
    shown = 0
    for record in records[:LOOKED_AT]:
        if shown < SHOWN and may_see(user, record):
            shown += 1
            yield Found(record, whose(record, path, user))
