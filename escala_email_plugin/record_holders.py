"""Which of the host's records hold an address that no row tells of: who was no contact, and is one again."""

from collections.abc import Collection
from contextlib import suppress
from typing import Any

import idna
from django.db.models import Q

from .modules import Module, declared
from .record_index import refresh


def bring_back(patterns: Collection[str], most: int) -> bool:
    """Give the records whose fields may hold what one of ``patterns`` means their rows back.

    For a few patterns: the host's tables are read for them from end to end. False where these are more than
    ``most`` records, and nothing was done: ``reindex`` does it.
    """
    found = [(module, _holders(module, patterns, most + 1)) for module in declared()]
    if sum(len(pks) for _, pks in found) > most:
        return False
    for module, pks in found:
        refresh(module, pks)
    return True


def _holders(module: Module, patterns: Collection[str], most: int) -> list[Any]:
    """Never too few: a field may have blanks round its address. Which address it is ``refresh`` finds out."""
    held = Q()
    for path in module.paths:
        for text in {spelling for pattern in patterns for spelling in _spellings(pattern)}:
            held |= Q(**{f"{path}__icontains": text})
    records = module.model._base_manager.filter(held).order_by("pk")
    return list(records.values_list("pk", flat=True).distinct()[:most]) if held else []


def _spellings(pattern: str) -> set[str]:
    """How the end of such a field may be written: as IDNA has it, and in the domain's own alphabet."""
    text = pattern.removeprefix("*.")
    local, at, domain = text.rpartition("@")
    with suppress(UnicodeError):
        return {text, f"{local}{at}{idna.decode(domain)}"}
    return {text}
