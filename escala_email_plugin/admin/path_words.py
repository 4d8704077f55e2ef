"""A module's path to its addresses in words: what the host calls the relations on the way, and the field."""

from typing import Any

from django.db.models import Model
from django.utils.text import capfirst

from ..modules import hops

#: Between two steps.
STEP = " › "


def path_words(model: type[Model], path: str) -> str:
    """``people__other_emails__address`` → "People › Other e-mail addresses › E-mail". Raises BadModule."""
    relations = hops(model, path)
    last = relations[-1].target if relations else model
    names = [_name(one.field) for one in relations]
    names.append(last._meta.get_field(path.rpartition("__")[2]).verbose_name)
    return STEP.join(capfirst(str(name)) for name in names)


def _name(relation: Any) -> str:
    """What a relation leads to. One that is looked at from its other end has no name of its own."""
    if relation.concrete:
        return relation.verbose_name
    meta = relation.related_model._meta
    return meta.verbose_name if relation.one_to_one else meta.verbose_name_plural
